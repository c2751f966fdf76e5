import { loadItem, storeItem } from "../../client/base/storage.js";
import { joinedTexts } from "../logic/text.js";

/** The unsent text of a room, under the slug that it has. */
export class Drafts {
  #storage;
  slug;

  constructor(storage, slug) {
    this.#storage = storage;
    this.slug = slug;
  }

  load() {
    return loadItem(this.#storage, keyOf(this.slug)) ?? "";
  }

  /** Adds texts below what is there. */
  add(...texts) {
    this.save(joinedTexts(this.load(), ...texts));
  }

  save(text) {
    if (text === "") this.#storage.removeItem(keyOf(this.slug));
    else storeItem(this.#storage, keyOf(this.slug), text);
  }
}

function keyOf(slug) {
  return `chat:draft/${encodeURIComponent(slug)}`;
}
