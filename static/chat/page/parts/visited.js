import { loadItem, storeItem } from "../../client/base/storage.js";

const KEY = "chat:visited";
const MOST = 100;

/** The rooms that were visited in this browser: `{slug, name}`, the last one first. */
export class Visited {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  get all() {
    return loadItem(this.#storage, KEY) ?? [];
  }

  /** Notes a visit to a room, which may have had another slug. */
  note({ slug, name }, formerSlugs = [slug]) {
    const others = this.#without([slug, ...formerSlugs]);
    storeItem(this.#storage, KEY, [{ slug, name }, ...others].slice(0, MOST));
  }

  forget(slug) {
    storeItem(this.#storage, KEY, this.#without([slug]));
  }

  #without(slugs) {
    return this.all.filter((each) => !slugs.includes(each.slug));
  }
}
