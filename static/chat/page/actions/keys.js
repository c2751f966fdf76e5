const STEPS = { ArrowUp: -1, ArrowDown: 1 };
const SIDE_STEPS = { ArrowLeft: -1, ArrowRight: 1 };
// What stands in a text: one comes there from the list, not by Shift+Tab from below.
const IN_TEXT = ":is(a,pre,.code-copy):focus-visible";

/**
 * Moves the focus among the messages: the list is one stop of the Tab key, arrows up and down choose
 * a message in it, those to the sides its author's name, where that is a button, and its reactions;
 * in wide code these scroll. Enter calls `onEnter(element)`, and Escape `onEscape()`.
 */
export function mountKeys(box, onEnter, onEscape) {
  box.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, altKey, metaKey } = event;
    const message = target.closest(".message");
    if (ctrlKey || altKey || metaKey || target.matches("textarea")) return;
    if (key in STEPS) focusMessage(nextMessage(box, message, STEPS[key]));
    else if (key in SIDE_STEPS && message && !target.matches("pre")) focusBeside(message, SIDE_STEPS[key]);
    else if (key === "Enter" && target === message) onEnter(message);
    else if (key === "Escape") onEscape();
    else return;
    event.preventDefault();
  });
  // Back from what is below, the last stop of the Tab key is a link or code in some message.
  box.addEventListener("focusin", ({ target, relatedTarget }) => {
    const isFromElsewhere = relatedTarget && !box.contains(relatedTarget);
    if (isFromElsewhere && target.matches(IN_TEXT)) box.focus({ preventScroll: true });
  });
}

/** Moves the focus to a message, and the message into view. */
export function focusMessage(element) {
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: "nearest" });
}

/** Moves the focus among a message, its author and its reactions; the author of a continued one is not seen. */
function focusBeside(message, step) {
  const places = [message, ...message.querySelectorAll(".message:not(.continued) .person-button, .chip")];
  places[places.indexOf(document.activeElement) + step]?.focus({ preventScroll: true });
}

/** From the box itself, up is to the last message in view, and down to the first. */
function nextMessage(box, message, step) {
  const messages = [...box.querySelectorAll(".message")];
  if (message) return messages[messages.indexOf(message) + step];
  const { top, bottom } = box.getBoundingClientRect();
  const isSeen = (each) => {
    const place = each.getBoundingClientRect();
    return place.bottom > top && place.top < bottom;
  };
  return step < 0 ? messages.findLast(isSeen) : messages.find(isSeen);
}
