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

/** Shows words in the button for a while; beside it where a menu has closed with it. */
function show(words, button) {
  const label = button.querySelector("span");
  const isVisible = button.getClientRects().length > 0;
  let former = "";
  // For screen readers in any case. It ends what this button shows from before.
  showToast(words, { isVisible: !isVisible, onEnd: () => (label.textContent = former) });
  former = label.textContent;
  if (isVisible) label.textContent = words;
}
