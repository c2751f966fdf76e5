import { translate } from "../logic/translate.js";
import { part } from "./dom.js";

const SHOWN_MS = 2_000;

/** The buttons that copy the address of this room. */
export function mountCopyLink() {
  for (const button of document.querySelectorAll('[data-action="copy-link"]')) {
    button.addEventListener("click", async () => {
      const isCopied = await copy(location.href);
      showToast(translate(isCopied ? "linkCopied" : "linkNotCopied"));
    });
  }
}

/** Returns false where the browser refuses: pages have the clipboard over https only. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

let timer = null;

function showToast(words) {
  clearTimeout(timer);
  part("toast").textContent = words;
  part("toast").classList.add("shown");
  timer = setTimeout(() => part("toast").classList.remove("shown"), SHOWN_MS);
}
