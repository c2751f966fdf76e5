/** What arrived while the person was not reading: how many messages, and where they begin. */
export class Unread {
  #reading = true;
  #count = 0;
  #changed;

  /** @param {() => void} changed told when the count changes */
  constructor(changed) {
    this.#changed = changed;
  }

  get count() {
    return this.#count;
  }

  /** The person reads the newest messages, or turned away from them. */
  setReading(reading) {
    this.#reading = reading;
    if (!reading || this.#count === 0) return;
    this.#count = 0;
    this.#changed();
  }

  /** Somebody else's message came; true when it is the first unread one. */
  arrived() {
    if (this.#reading) return false;
    this.#count += 1;
    this.#changed();
    return this.#count === 1;
  }
}
