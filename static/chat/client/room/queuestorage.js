import { loadItem, storeItem } from "../base/storage.js";

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
    this.#prefix = `chat:outbox/${encodeURIComponent(owner)}/${encodeURIComponent(room)}/`;
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
    const { length } = this.#storage;
    const keys = Array.from({ length }, (_, index) => this.#storage.key(index));
    return keys.filter((key) => key.startsWith(this.#prefix));
  }
}
