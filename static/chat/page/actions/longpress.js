const HELD_MS = 450;
const MOVED_PX = 8;
const OTHERS = "a, button, textarea";

/** Calls `onPress(message)` when a finger stays on a message; not where it means something else. */
export function watchLongPress(stream, onPress) {
  let timer = null;
  let start = null;
  const stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  const begin = (event) => {
    stop();
    const message = event.target.closest(".message");
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    if (!message || event.target.closest(OTHERS)) return;
    start = event;
    timer = setTimeout(() => {
      timer = null;
      onPress(message);
    }, HELD_MS);
  };
  const move = ({ clientX, clientY }) => {
    if (start && Math.hypot(clientX - start.clientX, clientY - start.clientY) > MOVED_PX) stop();
  };
  stream.addEventListener("pointerdown", begin);
  stream.addEventListener("pointermove", move);
  for (const type of ["pointerup", "pointercancel"]) stream.addEventListener(type, stop);
  // Some browsers would open a menu of their own over the sheet.
  stream.addEventListener("contextmenu", (event) => {
    if (event.pointerType === "touch" && !event.target.closest(OTHERS)) event.preventDefault();
  });
}
