import { translate } from "../laterwords.js";
import { copyText } from "./clipboard.js";
import { showToast } from "./toast.js";

/** The buttons that copy the address of this room. */
export function mountCopyLink() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest('[data-action="copy-link"]');
    if (!button) return;
    const isCopied = await copyText(location.origin + location.pathname);
    show(translate(isCopied ? "linkCopied" : "linkNotCopied"), button);
  });
}

let restore = () => {};

/** Shows words in the button for a while; beside it where a menu has closed with it. */
function show(words, button) {
  restore();
  const label = button.querySelector("span");
  const former = label.textContent;
  const isVisible = button.getClientRects().length > 0;
  if (isVisible) label.textContent = words;
  restore = () => {
    label.textContent = former;
    restore = () => {};
  };
  // For screen readers in any case.
  showToast(words, { isVisible: !isVisible, onEnd: () => restore() });
}
