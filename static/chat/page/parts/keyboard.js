import { ScreenKeyboard } from "../logic/keyboard.js";
import { isTouch } from "./dom.js";

/**
 * Returns a function that says whether people type on the screen now. A tablet may have a real
 * keyboard, and its keys mean what they mean on one.
 */
export function watchScreenKeyboard() {
  const { visualViewport: viewport } = window;
  if (!viewport) return isTouch;
  const keyboard = new ScreenKeyboard();
  // Zooming makes less visible too.
  const note = () => {
    const { width, height, scale } = viewport;
    keyboard.note({ width: Math.round(width * scale), height: height * scale });
  };
  viewport.addEventListener("resize", note);
  note();
  return () => isTouch() && keyboard.isShown;
}
