import { translate } from "../logic/translate.js";
import { part } from "./dom.js";

const SHOWN_MS = 2_000;

/** The buttons that copy the address of this room. */
export function mountCopyLink() {
  for (const button of document.querySelectorAll('[data-action="copy-link"]')) {
    button.addEventListener("click", async () => {
      const isCopied = await copy(location.href);
      show(translate(isCopied ? "linkCopied" : "linkNotCopied"), button);
    });
  }
}

/** Returns false where the browser refuses. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** Pages on plain http have no clipboard but for what is selected in them. */
function copySelected(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return isCopied;
}

let timer = null;
let restore = () => {};

/** Shows words in the button for a while; beside it where a menu has closed with it. */
function show(words, button) {
  clearTimeout(timer);
  restore();
  const label = button.querySelector("span");
  const former = label.textContent;
  const isVisible = button.getClientRects().length > 0;
  if (isVisible) label.textContent = words;
  // For screen readers in any case.
  part("toast").textContent = words;
  part("toast").classList.toggle("shown", !isVisible);
  restore = () => {
    label.textContent = former;
    part("toast").classList.remove("shown");
    restore = () => {};
  };
  timer = setTimeout(() => restore(), SHOWN_MS);
}
