
/** The button that puts an emoji into what one writes. */
export function mountEmojiButton({ part }, later) {
  const text = part("composer-text");
  part("composer-emoji").addEventListener("click", ({ currentTarget }) => {
    const insert = (emoji) => {
      text.focus();
      insertText(text, emoji);
    };
    later.use(({ picker }) => picker.open(currentTarget, insert));
  });
}

/** Types a text where the caret is, so that the browser can undo it. */
export function insertText(field, text) {
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
