/** The messages that mean somebody and are not read yet, the newest first. */
export class Notices {
  #all = [];

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

  /** Drops those of a room, by its slugs, that were read. */
  read(slugs, seq) {
    this.#all = this.#all.filter((each) => !slugs.includes(each.room) || each.seq > seq);
  }
}

function isSame(one, other) {
  return one.room === other.room && one.seq === other.seq;
}
