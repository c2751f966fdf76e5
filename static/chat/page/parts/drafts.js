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

  /** Who was chosen in that text, see `Chosen`. */
  get chosen() {
    const { text, places } = loadItem(this.#storage, chosenKeyOf(this.slug)) ?? {};
    return text === this.load() ? places : [];
  }

  /** Adds texts below what is there. */
  add(...texts) {
    this.save(joinedTexts(this.load(), ...texts), this.chosen);
  }

  save(text, places = []) {
    if (text === "") this.#storage.removeItem(keyOf(this.slug));
    else storeItem(this.#storage, keyOf(this.slug), text);
    if (places.length === 0) this.#storage.removeItem(chosenKeyOf(this.slug));
    else storeItem(this.#storage, chosenKeyOf(this.slug), { text, places });
  }
}

function chosenKeyOf(slug) {
  return `chat:chosen/${encodeURIComponent(slug)}`;
}

function keyOf(slug) {
  return `chat:draft/${encodeURIComponent(slug)}`;
}
