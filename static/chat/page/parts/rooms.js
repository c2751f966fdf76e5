import { translate } from "../frontwords.js";
import { roomPath } from "../logic/roompath.js";
import { copyOf, part } from "./dom.js";

const POLL_MS = 4_000;
// Of more, the first eight are shown (front.css) until one wants all.
const LISTED_AT_MOST = 10;
const LISTED = 8;

let isWhole = false;

/**
 * The list of public rooms, refreshed every four seconds while the page is visible; a long one is
 * shortened.
 */
export function mountRooms() {
  shorten(part("rooms").children.length);
  part("rooms-all").addEventListener("click", () => {
    isWhole = true;
    shorten(part("rooms").children.length);
    // The button vanishes, and the focus would with it.
    part("rooms").children[LISTED].firstElementChild.focus();
  });
  let timer = null;
  const refreshOn = async () => {
    await refresh();
    if (document.visibilityState === "visible") timer = setTimeout(refreshOn, POLL_MS);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") refreshOn();
  });
  timer = setTimeout(refreshOn, POLL_MS);
}

async function refresh() {
  try {
    const response = await fetch("/api/v1/rooms");
    if (response.ok) showRooms((await response.json()).rooms);
  } catch {
    // The rows stay as they are until the server responds again.
  }
}

function showRooms(rooms) {
  part("rooms-section").hidden = rooms.length === 0;
  const list = part("rooms");
  const rows = new Map([...list.children].map((row) => [row.firstElementChild.pathname, row]));
  const shown = [...rooms].sort((a, b) => b.count - a.count).map((room) => rowFor(room, rows));
  shown.forEach((row, index) => placeRow(row, list, index));
  while (list.children.length > shown.length) list.lastElementChild.remove();
  shorten(shown.length);
}

function shorten(count) {
  const isShort = !isWhole && count > LISTED_AT_MOST;
  part("rooms-section").classList.toggle("shortened", isShort);
  part("rooms-all").hidden = !isShort;
  setText(part("rooms-all"), translate("allOfRooms", { count }));
}

/** A row that is in its place already is not touched: it may have the focus. */
function placeRow(row, list, index) {
  if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
}

function rowFor(room, rows) {
  const path = roomPath(room.slug);
  const row = rows.get(path) ?? copyOf("room-row");
  row.firstElementChild.href = path;
  // For people, on paper.
  row.firstElementChild.dataset.address = decodeURIComponent(path);
  setText(part("name", row), room.name);
  setText(part("topic", row), room.topic);
  part("lock", row).hidden = !room.has_password;
  setText(part("closed", row), room.closed ? translate("closedRoom") : "");
  const { count } = room;
  setText(part("count", row), count > 0 ? translate("hereNow", { count }) : "");
  return row;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
