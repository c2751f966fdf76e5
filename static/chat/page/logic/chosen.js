import { findMentions } from "./mentions.js";

/**
 * Who was chosen by name in a text that one writes, and where: places, `{start, end, id}`, that move
 * with what is typed around them, and end where one types in them.
 */
export class Chosen {
  #text;
  #places;

  constructor(text, places) {
    this.#text = text;
    this.#places = places;
  }

  get places() {
    return this.#places;
  }

  /** Those whose names still stand in the text as they were chosen, `{id, name}`, each once. */
  get people() {
    const people = this.#places.map(({ start, end, id }) => ({ start, id, name: this.#text.slice(start + 1, end) }));
    const isWhole = ({ start, ...person }) => findMentions(this.#text, { mentions: [person] }).some(({ index }) => index === start);
    return [...new Map(people.filter(isWhole).map(({ id, name }) => [id, { id, name }])).values()];
  }

  /** Notes that somebody was chosen: "@" and the name begin at `start`. */
  add(start, { id, name }) {
    this.#places = [...this.#places, { start, end: start + 1 + name.length, id }];
  }

  /** Follows a change of the text, after which the caret is there. */
  follow(text, caret = text.length) {
    const change = changeBetween(this.#text, text, caret);
    this.#places = this.#places.flatMap((place) => movedPlace(place, change) ?? []);
    this.#text = text;
  }
}

/** Returns what was replaced, `old` from `start` to `end`, by what, `now`. */
function changeBetween(before, after, caret) {
  const behind = after.length - caret;
  let same = commonEnd(before, after, behind);
  // A change that did not end at the caret, as one that is undone.
  if (same < behind) same = commonEnd(before, after, Infinity);
  const most = Math.min(before.length, after.length) - same;
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  const end = before.length - same;
  return { start, end, old: before.slice(start, end), now: after.slice(start, after.length - same) };
}

function commonEnd(before, after, most) {
  const limit = Math.min(most, before.length, after.length);
  let length = 0;
  while (length < limit && before.at(-1 - length) === after.at(-1 - length)) length += 1;
  return length;
}

/** Returns a place after a change, null where that was in it. Marks around it leave it as it is. */
function movedPlace({ start, end, id }, change) {
  const moved = (by) => ({ start: start + by, end: end + by, id });
  if (end <= change.start) return moved(0);
  if (start >= change.end) return moved(change.now.length - change.old.length);
  const isMarked = change.now.includes(change.old);
  if (!isMarked && !change.old.includes(change.now)) return null;
  const by = isMarked ? change.now.indexOf(change.old) : -change.old.indexOf(change.now);
  const first = isMarked ? change.start : change.start - by;
  const last = first + (isMarked ? change.old : change.now).length;
  return first <= start && end <= last ? moved(by) : null;
}
