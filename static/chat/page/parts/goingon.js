import { loadItem } from "../../client/base/storage.js";
import { roomPath } from "../logic/roompath.js";
import { isFirstPage } from "./arrival.js";
import { VISITED } from "./visited.js";

const ACTS = ["input", "keydown", "pointerdown"];

/**
 * Opens the room where a member was last in this browser, when a visit begins on the front page: in a
 * tab that was on no page of rooms before, and by no link on this site. Not for a guest, as the next
 * one on the same computer types their name here.
 */
export async function goOnWhereLeft(storage) {
  const visited = loadItem(storage.local, VISITED)?.rooms ?? [];
  if (!isFirstPage(storage) || cameFromHere() || visited.length === 0) return;
  const wait = new AbortController();
  // Whoever does something on the front page means to be there.
  for (const type of ACTS) document.addEventListener(type, () => wait.abort(), { once: true, capture: true });
  const own = await ownRooms(wait.signal).catch(() => []);
  const [last] = visited.flatMap(({ id }) => own.find((room) => room.id === id) ?? []);
  if (last && !wait.signal.aborted) location.replace(roomPath(last.slug));
}

function cameFromHere() {
  return document.referrer.startsWith(`${location.origin}/`);
}

/** Resolves with the rooms that a member belongs to. */
async function ownRooms(signal) {
  const response = await fetch("/api/v1/me/rooms", { signal });
  if (!response.ok) return [];
  const { rooms } = await response.json();
  return rooms.filter(({ hidden }) => !hidden).map(({ room }) => room);
}
