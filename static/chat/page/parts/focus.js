import { isTouch } from "./dom.js";
import { isAnyOpen } from "./overlays.js";

/**
 * Puts the focus into the composer when a dialog has closed and nothing has the focus, because the
 * button that opened it is gone. Not on touch: the keyboard would come.
 *
 * @param {Views} views of the rooms
 */
export function mountFocus(views) {
  if (isTouch()) return;
  const restore = () => {
    const isLost = document.activeElement === document.body && !isAnyOpen();
    if (isLost) views.shown.part("composer-text").focus({ preventScroll: true });
  };
  // A dialog's own listeners come first.
  document.addEventListener("close", () => setTimeout(restore), { capture: true });
}
