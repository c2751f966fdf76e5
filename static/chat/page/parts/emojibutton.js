import { part } from "./dom.js";

/** The button that puts an emoji into what one writes. */
export function mountEmojiButton(picker) {
  const text = part("composer-text");
  part("composer-emoji").addEventListener("click", ({ currentTarget }) => {
    picker.open(currentTarget, (emoji) => {
      text.focus();
      insertText(text, emoji);
    });
  });
}

/** Types a text where the caret is, so that the browser can undo it. */
export function insertText(field, text) {
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
