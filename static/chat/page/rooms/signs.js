import { part } from "../parts/dom.js";

/** Shows on the tab's icon, and on the button of a list that is closed, that something is unread. */
export function showSigns({ mentions, isUnread }, here) {
  const isAny = isUnread || (here?.isUnread ?? false);
  const icon = document.querySelector('link[rel="icon"][data-unread]');
  icon.dataset.read ??= icon.href;
  const address = isAny ? icon.dataset.unread : icon.dataset.read;
  if (icon.href !== new URL(address, location).href) icon.href = address;
  const dot = part("rooms-dot");
  dot.hidden = !isUnread;
  dot.classList.toggle("for-you", mentions > 0);
}
