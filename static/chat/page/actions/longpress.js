const HELD_MS = 450;
const MOVED_PX = 8;
const NAME = ".person-button";
const OTHERS = `a, button:not(${NAME}), textarea`;

/**
 * Calls `onPress(message)` when a finger stays on a message; not where it means something else. What
 * is under the finger counts, not the event's target: for that, browsers take a link or a button
 * nearby, on the first line of a text the name above it. A tap on the text does not press the name.
 */
export function watchLongPress(stream, onPress) {
  let timer = null;
  let start = null;
  let touched = null;
  const stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  const begin = (event) => {
    stop();
    touched = event.pointerType === "touch" ? document.elementFromPoint(event.clientX, event.clientY) : null;
    const message = touched?.closest(".message");
    if (!message || !event.isPrimary || touched.closest(OTHERS)) return;
    start = event;
    timer = setTimeout(() => {
      timer = null;
      onPress(message);
    }, HELD_MS);
  };
  const move = ({ clientX, clientY }) => {
    if (start && Math.hypot(clientX - start.clientX, clientY - start.clientY) > MOVED_PX) stop();
  };
  // By keyboard, `detail` is 0; there was no touch then.
  const keepFromName = (event) => {
    if (event.detail > 0 && event.target.closest(NAME) && touched?.closest(".message-body")) event.stopPropagation();
  };
  stream.addEventListener("pointerdown", begin);
  stream.addEventListener("pointermove", move);
  stream.addEventListener("click", keepFromName, { capture: true });
  for (const type of ["pointerup", "pointercancel"]) stream.addEventListener(type, stop);
  // Some browsers would open a menu of their own over the sheet.
  stream.addEventListener("contextmenu", (event) => {
    if (event.pointerType === "touch" && !touched?.closest(OTHERS)) event.preventDefault();
  });
}
