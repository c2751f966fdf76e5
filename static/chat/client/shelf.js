import { keep, kept } from "./storage.js";

/**
 * Where one person's unsent messages to one room lie, one item each, so that two tabs of the
 * same person never overwrite each other's.
 */
export class Shelf {
  #storage;
  #prefix;

  /** @param {object} storage a Storage @param {string} owner a user's id @param {string} room */
  constructor(storage, owner, room) {
    this.#storage = storage;
    this.#prefix = `chat:outbox/${encodeURIComponent(owner)}/${encodeURIComponent(room)}/`;
  }

  /** What lies here, in the order of writing. */
  load() {
    return this.#keys()
      .map((key) => kept(this.#storage, key))
      .filter((item) => item !== null)
      .sort((a, b) => a.order - b.order);
  }

  save(item) {
    keep(this.#storage, this.#prefix + item.id, item);
  }

  remove(id) {
    this.#storage.removeItem(this.#prefix + id);
  }

  #keys() {
    const { length } = this.#storage;
    const keys = Array.from({ length }, (_, index) => this.#storage.key(index));
    return keys.filter((key) => key.startsWith(this.#prefix));
  }
}
