import { isAnyOpen } from "../parts/overlays.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };
// What a dialog is about is the room that is shown.
const OTHERS = "dialog[open]:not(.switcher)";

/**
 * The keys that go to other rooms: Ctrl+K, or Cmd+K, calls `onSwitch()`, and Alt with an arrow
 * `onStep(step, isUnread)`, with Shift to what is unread.
 */
export function mountRoomKeys({ onSwitch, onStep }) {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event;
    const isCommand = ctrlKey !== metaKey && !altKey && !shiftKey;
    if (isComposing) return;
    if (isCommand && key.toLowerCase() === "k") document.querySelector(OTHERS) ?? onSwitch();
    else if (altKey && !ctrlKey && !metaKey && key in STEPS && !isAnyOpen()) onStep(STEPS[key], shiftKey);
    else return;
    event.preventDefault();
  });
}
