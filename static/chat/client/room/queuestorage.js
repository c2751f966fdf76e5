import { loadItem, storeItem } from "../base/storage.js";

/** The owner of messages whose author the server does not know any more. */
export const NOBODY = "";

/**
 * The stored copy of a queue: one person's unsent messages to one room, one item each, so that two
 * tabs of one person never overwrite each other's.
 */
export class QueueStorage {
  #storage;
  #prefix;

  /** @param {object} storage a Storage @param {string} owner a user's id @param {string} room */
  constructor(storage, owner, room) {
    this.#storage = storage;
    this.#prefix = `${prefixOf(owner)}${encodeURIComponent(room)}/`;
  }

  /** Returns the stored entries in the order of writing. */
  loadEntries() {
    return this.#keys()
      .map((key) => loadItem(this.#storage, key))
      .filter((entry) => entry !== null)
      .sort((a, b) => a.order - b.order);
  }

  saveEntry(entry) {
    storeItem(this.#storage, this.#prefix + entry.id, entry);
  }

  deleteEntry(id) {
    this.#storage.removeItem(this.#prefix + id);
  }

  #keys() {
    return keysFrom(this.#storage, this.#prefix);
  }
}

/** Makes the unsent messages of `owner`, in all rooms, nobody's: the next person's of this storage. */
export function disownEntries(storage, owner) {
  if (!owner) return;
  const prefix = prefixOf(owner);
  for (const key of keysFrom(storage, prefix)) {
    storeItem(storage, prefixOf(NOBODY) + key.slice(prefix.length), loadItem(storage, key));
    storage.removeItem(key);
  }
}

function prefixOf(owner) {
  return `chat:outbox/${encodeURIComponent(owner)}/`;
}

function keysFrom(storage, prefix) {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  return keys.filter((key) => key.startsWith(prefix));
}
