import { loadItem, storeItem } from "../../client/base/storage.js";

export const VISITED = "chat:visited";
const MOST = 100;

/**
 * The rooms that somebody visited, the last one first. A guest's are kept with the guest, `{id, slug,
 * name}`, as they are the list of rooms. A member's list is the server's, and others may use the
 * browser after them: of theirs only the `{id}` is kept, which says nothing to anybody else.
 */
export class Visited {
  #storage;
  #owner;

  /** @param {object} storage a guest's, or the browser's @param {() => User | null} owner returns whose they are */
  constructor(storage, owner) {
    this.#storage = storage;
    this.#owner = owner;
  }

  get all() {
    const kept = loadItem(this.#storage, VISITED);
    return kept && kept.owner === this.#owner()?.id ? kept.rooms : [];
  }

  /** Notes a visit to a room. */
  note({ id, slug, name }) {
    const room = this.#owner().kind === "guest" ? { id, slug, name } : { id };
    this.#store([room, ...this.all.filter((each) => each.id !== id)].slice(0, MOST));
  }

  /** Forgets a guest's visit. */
  forget(slug) {
    this.#store(this.all.filter((each) => each.slug !== slug));
  }

  #store(rooms) {
    storeItem(this.#storage, VISITED, { owner: this.#owner().id, rooms });
  }
}
