import { copyOf, part } from "./dom.js";
import { roomPath } from "./logic/addresses.js";

const POLL_MS = 4_000;

/** Keeps the rows of public rooms as they are now, while somebody looks. */
export function mountRooms() {
  let timer = null;
  const poll = async () => {
    await refresh();
    if (document.visibilityState === "visible") timer = setTimeout(poll, POLL_MS);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") poll();
  });
  timer = setTimeout(poll, POLL_MS);
}

async function refresh() {
  try {
    const response = await fetch("/api/v1/rooms");
    if (response.ok) show((await response.json()).rooms);
  } catch {
    // The rows stay as they were until the server answers again.
  }
}

function show(rooms) {
  part("rooms-section").hidden = rooms.length === 0;
  const list = part("rooms");
  const rows = new Map([...list.children].map((row) => [row.firstElementChild.pathname, row]));
  const shown = rooms.toSorted((a, b) => b.count - a.count).map((room) => rowFor(room, rows));
  shown.forEach((row, index) => place(row, list, index));
  while (list.children.length > shown.length) list.lastElementChild.remove();
}

/** A row that is in its place already is not touched: it may have the keyboard's focus. */
function place(row, list, index) {
  if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
}

function rowFor(room, rows) {
  const path = roomPath(room.slug);
  const row = rows.get(path) ?? copyOf("room-row");
  row.firstElementChild.href = path;
  say(part("name", row), room.name);
  say(part("topic", row), room.topic);
  say(part("count", row), room.count > 0 ? `${room.count} here` : "");
  return row;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
