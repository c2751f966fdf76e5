/** Counts the messages that arrive while the person does not read. */
export class Unread {
  #isReading = true;
  #count = 0;
  #onChange;

  /** @param {() => void} onChange is called when the count changes */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  get count() {
    return this.#count;
  }

  /** Notes whether the person reads the newest messages. */
  setReading(isReading) {
    this.#isReading = isReading;
    if (!isReading || this.#count === 0) return;
    this.#count = 0;
    this.#onChange();
  }

  /** Counts a message of somebody else; returns true when it is the first unread one. */
  countMessage() {
    if (this.#isReading) return false;
    this.#count += 1;
    this.#onChange();
    return this.#count === 1;
  }
}
