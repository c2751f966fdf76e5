import { MARKS, markingOf } from "../logic/marking.js";

/** Marks the selected text of a field up as this letter says, or takes the marks away. */
export function markUp(field, letter) {
  const { selectionStart, selectionEnd, value } = field;
  const { start, end, text, from, to } = markingOf(value, selectionStart, selectionEnd, MARKS[letter]);
  field.setSelectionRange(start, end);
  insert(field, text);
  field.setSelectionRange(from, to);
}

/** As if it was typed: so that Ctrl+Z takes it back. */
function insert(field, text) {
  const isDone = text === ""
    ? document.execCommand("delete")
    : document.execCommand("insertText", false, text);
  if (isDone) return;
  field.setRangeText(text);
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
