import { translate } from "../laterwords.js";
import { isTouch, part } from "../parts/dom.js";
import { useApplication } from "../parts/ondemand.js";
import { isAnyOpen } from "../parts/overlays.js";

const FIELDS = "input, textarea, select";

/**
 * The keys that work in every room: Escape, where nothing is open, takes what is there for read; "?"
 * shows all keys, and so does an entry of the menu.
 *
 * @param {Views} views of the rooms
 */
export function mountPageKeys(views) {
  // What is open closes by the key before it comes here, or prevents the default.
  let wasOpen = false;
  document.addEventListener("keydown", () => (wasOpen = isAnyOpen()), { capture: true });
  document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, isComposing, defaultPrevented }) => {
    if (wasOpen || isComposing || defaultPrevented || ctrlKey || metaKey) return;
    if (key === "Escape") views.shown.markAsRead();
    else if (key === "?" && !target.closest(FIELDS)) showKeys();
  });
  if (isTouch()) return;
  // After what one may do with the room, which is put there in its own time.
  const menu = part("menu");
  (menu.querySelector(".menu-room") ?? part("menu-link")).after(menuEntry());
}

function menuEntry() {
  const entry = document.createElement("button");
  Object.assign(entry, { className: "text-button", type: "button", textContent: translate("keys") });
  entry.setAttribute("popovertarget", "menu");
  entry.setAttribute("popovertargetaction", "hide");
  entry.addEventListener("click", showKeys);
  return entry;
}

function showKeys() {
  useApplication((application) => application.showKeys());
}
