import { dayKey } from "./times.js";

const GROUP_MS = 5 * 60 * 1000;

/**
 * The order of what is on the page. An item is `{rank, at, author, message}`: the rank of a message is its
 * seq, that of an unsent one Infinity, and that of a line between two messages lies between them.
 */
export class Timeline {
  #items = [];

  get items() {
    return [...this.#items];
  }

  get last() {
    return this.#items.at(-1);
  }

  /** Adds an item after those of the same or a lower rank; returns its neighbours. */
  insertItem(item) {
    let index = this.#items.length;
    while (index > 0 && this.#items[index - 1].rank > item.rank) index -= 1;
    this.#items.splice(index, 0, item);
    item.day = this.#dayOf(item, this.#items[index - 1]);
    return { previous: this.#items[index - 1], next: this.#items[index + 1] };
  }

  /** Removes an item; returns the neighbours it had. */
  removeItem(item) {
    const index = this.#items.lastIndexOf(item);
    this.#items.splice(index, 1);
    return { previous: this.#items[index - 1], next: this.#items[index] };
  }

  /** Returns the rank of a line after the last stored message. */
  rankAfterStored() {
    const stored = this.#items.findLast(({ rank }) => rank !== Infinity);
    return stored ? Math.floor(stored.rank) + 0.5 : 0;
  }

  /** A clock that is slow must not put a later message into an earlier day. */
  #dayOf({ at, rank }, previous) {
    const day = dayKey(at);
    const laterDay = previous && rank > previous.rank && previous.day > day;
    return laterDay ? previous.day : day;
  }
}

/**
 * Returns true when a message continues the one before: same author, within five minutes. A reply
 * continues none.
 */
export function continues(item, previous) {
  if (!item?.author || !previous?.author || item.message?.reply_to) return false;
  if (item.author.id !== previous.author.id || item.day !== previous.day) return false;
  return Math.abs(item.at - previous.at) < GROUP_MS;
}
