import { part } from "../parts/dom.js";
import { showToast } from "../parts/toast.js";
import { translate } from "./words.js";

// How much means this person in other rooms, as they were told.
let told = Infinity;

/**
 * Shows on the tab's icon, and on the button of a list that is closed, that something is unread; screen
 * readers hear what means this person.
 */
export function showSigns({ mentions, isUnread }, here) {
  const isAny = isUnread || (here?.isUnread ?? false);
  const icon = document.querySelector('link[rel="icon"][data-unread]');
  icon.dataset.read ??= icon.href;
  const address = isAny ? icon.dataset.unread : icon.dataset.read;
  if (icon.href !== new URL(address, location).href) icon.href = address;
  const dot = part("rooms-dot");
  dot.hidden = !isUnread;
  dot.classList.toggle("for-you", mentions > 0);
  dot.parentElement.setAttribute("aria-description", isUnread ? translate("unreadRooms") : "");
  if (mentions > told) showToast(translate("forYouElsewhere"), { isVisible: false });
  told = mentions;
}
