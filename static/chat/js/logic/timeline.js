import { dayKey } from "./times.js";

const GROUP_MS = 5 * 60 * 1000;

/**
 * The order of what is on the page. An item is `{rank, at, author}`: messages rank by their seq,
 * what is not stored yet after all of them, and what happened between two messages between them.
 */
export class Timeline {
  #items = [];

  get items() {
    return [...this.#items];
  }

  get last() {
    return this.#items.at(-1);
  }

  /** Puts an item behind those of the same or a lower rank; returns its neighbours. */
  place(item) {
    let index = this.#items.length;
    while (index > 0 && this.#items[index - 1].rank > item.rank) index -= 1;
    this.#items.splice(index, 0, item);
    item.day = this.#dayOf(item, this.#items[index - 1]);
    return { previous: this.#items[index - 1], next: this.#items[index + 1] };
  }

  /** Takes an item out; returns the neighbours it had. */
  remove(item) {
    const index = this.#items.lastIndexOf(item);
    this.#items.splice(index, 1);
    return { previous: this.#items[index - 1], next: this.#items[index] };
  }

  /** The rank of something that happens after every stored message there is now. */
  afterStored() {
    const stored = this.#items.findLast(({ rank }) => rank !== Infinity);
    return stored ? Math.floor(stored.rank) + 0.5 : 0;
  }

  /** A clock that is behind another must not send a day back above the day before it. */
  #dayOf({ at, rank }, previous) {
    const day = dayKey(at);
    const laterDay = previous && rank > previous.rank && previous.day > day;
    return laterDay ? previous.day : day;
  }
}

/** True when a message goes on from the one before it, under the same name and time. */
export function continues(item, previous) {
  if (!item?.author || !previous?.author) return false;
  if (item.author.id !== previous.author.id || item.day !== previous.day) return false;
  return Math.abs(item.at - previous.at) < GROUP_MS;
}
