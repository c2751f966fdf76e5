import { LISTED_AT_MOST } from "../base/protocol.js";

/** Who is in a room. The list may be shorter than the count in a very full room. */
export class Members {
  #byId = new Map();
  #count = 0;

  get count() {
    return this.#count;
  }

  /** The people listed, by name. */
  get list() {
    return [...this.#byId.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  replaceAll(users, count) {
    this.#byId = new Map(users.map((user) => [user.id, user]));
    this.#count = count;
  }

  /**
   * Applies a `presence` event. Returns who arrived, who left, and who was listed already and has
   * another name now, each with the `former` one.
   */
  applyPresence({ joined = [], left = [], count }) {
    const arrived = joined.filter(({ id }) => !this.#byId.has(id));
    const renamed = joined
      .map((user) => ({ user, former: this.#byId.get(user.id)?.name ?? user.name }))
      .filter(({ user, former }) => user.name !== former);
    for (const user of joined) this.#list(user);
    for (const { id } of left) this.#byId.delete(id);
    this.#count = count;
    return { arrived, left, renamed };
  }

  #list(user) {
    if (this.#byId.has(user.id) || this.#byId.size < LISTED_AT_MOST) this.#byId.set(user.id, user);
  }
}
