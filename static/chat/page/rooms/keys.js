const STEPS = { ArrowUp: -1, ArrowDown: 1 };
const OPEN = "dialog[open], [popover]:popover-open";

/**
 * The keys that work everywhere: Ctrl+K, or Cmd+K, calls `onSwitch()`; Alt with an arrow `onStep(step,
 * isUnread)`, with Shift to what is unread; and Escape, where nothing else is open, `onEscape()`.
 */
export function mountRoomKeys({ onSwitch, onStep, onEscape }) {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event;
    const isCommand = ctrlKey !== metaKey && !altKey && !shiftKey;
    if (isComposing) return;
    if (isCommand && key.toLowerCase() === "k") onSwitch();
    else if (altKey && !ctrlKey && !metaKey && key in STEPS && !isAnyOpen()) onStep(STEPS[key], shiftKey);
    else return;
    event.preventDefault();
  });
  // What is open closes by this key before it comes here, or prevents the default.
  let wasOpen = false;
  document.addEventListener("keydown", ({ key }) => (wasOpen = key === "Escape" && isAnyOpen()), { capture: true });
  document.addEventListener("keydown", ({ key, isComposing, defaultPrevented }) => {
    if (key === "Escape" && !isComposing && !defaultPrevented && !wasOpen) onEscape();
  });
}

function isAnyOpen() {
  return CSS.supports("selector(:popover-open)") ? document.querySelector(OPEN) !== null : document.querySelector("dialog[open]") !== null;
}
