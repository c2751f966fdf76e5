import { isTouch } from "./dom.js";
import { isAnyOpen } from "./overlays.js";

/**
 * Puts the focus and the caret into a field. To a field that gets its focus back from a dialog, browsers
 * do not bring the caret back from what was pressed there: what is typed would go nowhere.
 */
export function focusField(field) {
  const isCaretElsewhere = !field.parentNode.contains(getSelection().anchorNode);
  if (isCaretElsewhere && field === document.activeElement) field.blur();
  field.focus({ preventScroll: true });
}

/**
 * Puts the focus into the composer when a dialog has closed and nothing has the focus, because the
 * button that opened it is gone. Not on touch: the keyboard would come. A field that has the focus
 * gets its caret back.
 *
 * @param {Views} views of the rooms
 */
export function mountFocus(views) {
  const restore = () => {
    const { activeElement, body } = document;
    if (activeElement?.matches("textarea")) return focusField(activeElement);
    const isLost = activeElement === body && !isAnyOpen();
    if (isLost && !isTouch()) views.shown.part("composer-text").focus({ preventScroll: true });
  };
  // A dialog's own listeners come first.
  document.addEventListener("close", () => setTimeout(restore), { capture: true });
}
