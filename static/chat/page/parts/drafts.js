import { loadItem, storeItem } from "../../client/base/storage.js";

/** The unsent text of each room. */
export class Drafts {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  load(room) {
    return loadItem(this.#storage, keyOf(room)) ?? "";
  }

  save(room, text) {
    if (text === "") this.#storage.removeItem(keyOf(room));
    else storeItem(this.#storage, keyOf(room), text);
  }
}

function keyOf(room) {
  return `chat:draft/${encodeURIComponent(room)}`;
}
