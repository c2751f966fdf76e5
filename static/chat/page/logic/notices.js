/** The messages that mean somebody and are not read yet, the newest first. */
export class Notices {
  #all = [];
  #rooms = new Map();

  get all() {
    return this.#all;
  }

  /** @param {object[]} notices as the server lists them */
  replace(notices) {
    this.#all = notices;
  }

  /** Adds one that comes just now; once, whatever else it means. */
  add(notice) {
    this.#all = [notice, ...this.#all.filter((each) => !isSame(each, notice))];
  }

  /**
   * Follows the list of this person's rooms, `chat.list`: drops those of rooms that are gone from it.
   * Returns whether the server has fewer of a room, as where a message was deleted: they are to be
   * asked for again.
   */
  follow(list) {
    const former = this.#rooms;
    this.#rooms = new Map(list.map(({ room, mentions }) => [room.id, { slug: room.slug, mentions }]));
    for (const [id, { slug }] of former) if (!this.#rooms.has(id)) this.read([slug], Infinity);
    return [...this.#rooms].some(([id, { mentions }]) => {
      const before = former.get(id);
      return before && mentions < before.mentions && mentions < this.#countOf(before.slug);
    });
  }

  #countOf(room) {
    return this.#all.filter((each) => each.room === room).length;
  }

  /** Drops those of a room, by its slugs, that were read. */
  read(slugs, seq) {
    this.#all = this.#all.filter((each) => !slugs.includes(each.room) || each.seq > seq);
  }
}

function isSame(one, other) {
  return one.room === other.room && one.seq === other.seq;
}
