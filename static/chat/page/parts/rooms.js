import { roomPath } from "../logic/roompath.js";
import { translate } from "../logic/translate.js";
import { copyOf, part } from "./dom.js";

const POLL_MS = 4_000;

/** The list of public rooms, refreshed every four seconds while the page is visible. */
export function mountRooms() {
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
}

/** A row that is in its place already is not touched: it may have the focus. */
function placeRow(row, list, index) {
  if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
}

function rowFor(room, rows) {
  const path = roomPath(room.slug);
  const row = rows.get(path) ?? copyOf("room-row");
  row.firstElementChild.href = path;
  setText(part("name", row), room.name);
  setText(part("topic", row), room.topic);
  const { count } = room;
  setText(part("count", row), count > 0 ? translate("hereNow", { count }) : "");
  return row;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
