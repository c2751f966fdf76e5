/**
 * The run of a room's log that the page shows. Either end may have been cut off, since a page may
 * be open for weeks: those messages are shown again when somebody scrolls there.
 */
export class Extent {
  #floor = 0;
  #ceiling = Infinity;
  #newest = 0;
  #beginning = 0;

  /** The lowest seq that is shown, or would be; 0 where there never was a message. */
  get floor() {
    return this.#floor;
  }

  /** The highest seq that is shown; Infinity where the newest one is. */
  get ceiling() {
    return this.#ceiling;
  }

  /** The highest seq that is known; 0 where there is no message. */
  get newest() {
    return this.#newest;
  }

  /** True when a new message belongs at the end of what is shown. */
  get isAtNewest() {
    return this.#ceiling === Infinity;
  }

  /** True when the room has older messages than those shown, as far as is known. */
  get more() {
    return this.#beginning === null || this.#floor > this.#beginning;
  }

  /**
   * Notes that these messages, ascending, are shown: the newest, unless `newer` ones exist; `more`
   * when older do.
   */
  startWith({ messages, more, newer = false }) {
    const last = messages.at(-1)?.seq ?? 0;
    this.#floor = messages[0]?.seq ?? 0;
    this.#ceiling = newer ? last : Infinity;
    this.#newest = newer ? Math.max(this.#newest, last + 1) : last;
    this.#beginning = more ? null : this.#floor;
  }

  /** Notes that a message exists; returns true when it is the newest so far. */
  noteMessage({ seq }) {
    if (seq <= this.#newest) return false;
    this.#newest = seq;
    return true;
  }

  includes({ seq }) {
    return seq >= this.#floor && seq <= this.#ceiling;
  }

  /** Extends to older messages, ascending; without `more` they are the oldest of the room. */
  growUp({ messages, more }) {
    this.#floor = Math.min(this.#floor, messages[0]?.seq ?? Infinity);
    if (!more) this.#beginning = this.#floor;
  }

  /** Extends to the next newer messages, ascending. */
  growDown(messages) {
    this.#endAt(messages.at(-1)?.seq ?? this.#newest);
  }

  /** Notes that what is older than `first`, or newer than `last`, was removed; null for nothing. */
  cut({ first, last }) {
    if (first !== null) this.#floor = first;
    if (last !== null) this.#endAt(last);
  }

  #endAt(seq) {
    this.#ceiling = seq >= this.#newest ? Infinity : seq;
  }
}

/**
 * Returns which of `count` items stay, as `[start, end]`: all of them up to `limit`, else `keep`
 * with the one at `index` as far from both ends as possible.
 */
export function keptRange(count, index, { keep, limit }) {
  if (count <= limit) return [0, count];
  const start = Math.min(Math.max(0, index - Math.floor(keep / 2)), count - keep);
  return [start, start + keep];
}
