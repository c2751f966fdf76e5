import { keep, kept } from "../client/storage.js";

/** What was typed but not sent, a room. */
export class Drafts {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  load(room) {
    return kept(this.#storage, keyOf(room)) ?? "";
  }

  save(room, text) {
    if (text === "") this.#storage.removeItem(keyOf(room));
    else keep(this.#storage, keyOf(room), text);
  }
}

function keyOf(room) {
  return `chat:draft/${encodeURIComponent(room)}`;
}
