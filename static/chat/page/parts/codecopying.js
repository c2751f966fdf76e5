import { translate } from "../laterwords.js";
import { copyAndSay } from "./clipboard.js";
import { part } from "./dom.js";

/** Lets people copy the blocks of code in an element. */
export function mountCodeCopying(element) {
  element.addEventListener("click", ({ target }) => {
    const block = target.closest('[data-action="copy-code"]')?.parentElement;
    if (block) copyAndSay(part("code", block).textContent, translate("codeCopied"));
  });
}
