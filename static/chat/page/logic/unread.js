/** Counts the messages that arrive while the person does not read. */
export class Unread {
  #isReading = true;
  #count = 0;
  #mentions = 0;
  #onChange;

  /** @param {() => void} onChange is called when the count changes */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  get count() {
    return this.#count;
  }

  /** How many of them mention this person. */
  get mentions() {
    return this.#mentions;
  }

  /** Notes whether the person reads the newest messages. */
  setReading(isReading) {
    this.#isReading = isReading;
    if (isReading) this.clear();
  }

  clear() {
    if (this.#count === 0) return;
    this.#count = this.#mentions = 0;
    this.#onChange();
  }

  /** Counts messages of others; returns true when they are the first unread ones. */
  countMessage(isMention = false, count = 1) {
    if (this.#isReading) return false;
    this.#count += count;
    if (isMention) this.#mentions += 1;
    this.#onChange();
    return this.#count === count;
  }
}

/** Returns true for a message of somebody else that means the person with this id, or everybody. */
export function isMentioned({ author, mentions = [], mentions_all }, me) {
  const isMeant = mentions_all !== undefined || mentions.some(({ id }) => id === me);
  return isMeant && author?.id !== me;
}
