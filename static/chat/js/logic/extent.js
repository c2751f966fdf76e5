/**
 * Which run of a room's log the page shows. Either end may have been cut off, since a room may
 * talk for weeks: what belongs there comes when one scrolls to it.
 */
export class Extent {
  #floor = 0;
  #ceiling = Infinity;
  #newest = 0;
  #beginning = 0;

  /** The lowest seq that is shown, or would be; 0 where no message was ever seen. */
  get floor() {
    return this.#floor;
  }

  /** The highest seq that is shown; Infinity where the newest one is. */
  get ceiling() {
    return this.#ceiling;
  }

  /** True when what comes now belongs behind what is shown. */
  get isAtNewest() {
    return this.#ceiling === Infinity;
  }

  /** True when the room has older messages than those shown, as far as is known. */
  get more() {
    return this.#beginning === null || this.#floor > this.#beginning;
  }

  /** These messages, ascending, are shown, and the newest there are; `more` when older exist. */
  start({ messages, more }) {
    this.#floor = messages[0]?.seq ?? 0;
    this.#ceiling = Infinity;
    this.#newest = messages.at(-1)?.seq ?? 0;
    this.#beginning = more ? null : this.#floor;
  }

  /** Notes that a message exists; true when it is the newest so far. */
  note({ seq }) {
    if (seq <= this.#newest) return false;
    this.#newest = seq;
    return true;
  }

  includes({ seq }) {
    return seq >= this.#floor && seq <= this.#ceiling;
  }

  /** Older messages, ascending, are to be shown; with no `more` they are the oldest there are. */
  growUp({ messages, more }) {
    this.#floor = Math.min(this.#floor, messages[0]?.seq ?? Infinity);
    if (!more) this.#beginning = this.#floor;
  }

  /** The next newer messages, ascending, are to be shown. */
  growDown(messages) {
    this.#endAt(messages.at(-1)?.seq ?? this.#newest);
  }

  /** What is older than `first`, or newer than `last`, was taken off; null where nothing was. */
  cut({ first, last }) {
    if (first !== null) this.#floor = first;
    if (last !== null) this.#endAt(last);
  }

  #endAt(seq) {
    this.#ceiling = seq >= this.#newest ? Infinity : seq;
  }
}

/**
 * Which of `count` things in a row stay, as `[start, end]`: all of them up to `limit`, else `keep`
 * with the one at `index` as far from both ends as can be.
 */
export function kept(count, index, { keep, limit }) {
  if (count <= limit) return [0, count];
  const start = Math.min(Math.max(0, index - Math.floor(keep / 2)), count - keep);
  return [start, start + keep];
}
