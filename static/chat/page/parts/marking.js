const LETTERS = "biex";
const FIELDS = '[data-part="composer-text"], [data-part="editor-text"]';

/** Lets the usual keys mark text up where messages are written: Ctrl+B, I, E, and Shift+X. */
export function mountMarking(views) {
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const letter = target.matches?.(FIELDS) ? letterOf(event) : null;
    if (!letter) return;
    event.preventDefault();
    views.shown.later.use(({ markUp }) => markUp(target, letter));
  });
}

/** On a Mac, Ctrl with these letters moves the caret. */
function letterOf({ key, code, ctrlKey, metaKey, shiftKey, altKey, isComposing }) {
  const isCommand = /^(Mac|iP)/.test(navigator.platform) ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  if (!isCommand || altKey || isComposing) return null;
  const letter = (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
  return LETTERS.includes(letter) && shiftKey === (letter === "x") ? letter : null;
}
