import { loadItem, storeItem } from "../../client/base/storage.js";
import { joinedTexts } from "./text.js";

/** What begins the keys under which the rooms of drafts are found by their addresses. */
export const DRAFTED = "chat:drafted/";
// What lasts longer than a tab: who somebody is, where they were, what they wrote, and what was not sent.
const LASTING = /^chat:((guest|visited)$|draft\/|drafted\/|chosen\/|edit\/|outbox\/)/;

/** The storage of a tab with a seat: what lasts goes to the seat, the rest stays with the tab. */
export class SeatStorage {
  #seat;
  #tab;

  constructor(seat, tab) {
    this.#seat = seat;
    this.#tab = tab;
  }

  /** Only what lasts is ever listed. */
  get length() {
    return this.#seat.length;
  }

  key(index) {
    return this.#seat.key(index);
  }

  getItem(key) {
    return this.#storageOf(key).getItem(key);
  }

  setItem(key, value) {
    this.#storageOf(key).setItem(key, value);
  }

  removeItem(key) {
    this.#storageOf(key).removeItem(key);
  }

  #storageOf(key) {
    return LASTING.test(key) ? this.#seat : this.#tab;
  }
}

/** Returns a storage's keys. */
export function keysOf(storage) {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index));
}

/** Returns the keys of what lasts. */
export function lastingKeys(storage) {
  return keysOf(storage).filter((key) => LASTING.test(key));
}

/** Moves an item to another storage. */
export function moveItem(key, from, to) {
  to.setItem(key, from.getItem(key));
  from.removeItem(key);
}

/** Moves drafts, and messages that are nobody's, to another storage, beside those that it has. */
export function moveWords(from, to) {
  for (const key of lastingKeys(from)) {
    if (key.startsWith("chat:outbox//") || key.startsWith(DRAFTED)) moveItem(key, from, to);
    if (!key.startsWith("chat:draft/")) continue;
    storeItem(to, key, joinedTexts(loadItem(to, key), loadItem(from, key)));
    from.removeItem(key);
  }
}
