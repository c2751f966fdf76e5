import { MARKS, markingOf } from "../logic/marking.js";

const FIELDS = '[data-part="composer-text"], [data-part="editor-text"]';

/** Lets the usual keys mark text up where messages are written: Ctrl+B, I, E, and Shift+X. */
export function mountMarking() {
  document.addEventListener("keydown", (event) => {
    const mark = event.target.matches?.(FIELDS) ? markOf(event) : undefined;
    if (!mark) return;
    event.preventDefault();
    markUp(event.target, mark);
  });
}

/** On a Mac, Ctrl with these letters moves the caret. */
function markOf({ key, code, ctrlKey, metaKey, shiftKey, altKey, isComposing }) {
  const isCommand = /^(Mac|iP)/.test(navigator.platform) ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  if (!isCommand || altKey || isComposing) return undefined;
  const letter = (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
  return shiftKey === (letter === "x") ? MARKS[letter] : undefined;
}

function markUp(field, mark) {
  const { selectionStart, selectionEnd, value } = field;
  const { start, end, text, from, to } = markingOf(value, selectionStart, selectionEnd, mark);
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
