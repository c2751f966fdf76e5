import { copyOf } from "../dom.js";
import { kept } from "../logic/extent.js";
import { Timeline, continues } from "../logic/timeline.js";
import { dayElement, nameDays } from "./days.js";
import { messageElement, showStored, showUnsent } from "./view.js";

/** The messages on the page, and what stands between them, in their order. */
export class MessageList {
  #stream;
  #here;
  #timeline = new Timeline();
  #stored = new Map();
  #unsent = new Map();
  #newLine = null;
  #newSeq = null;

  /** @param {Element} stream where they go @param {Here} here whose page this is */
  constructor(stream, here) {
    this.#stream = stream;
    this.#here = here;
  }

  get isEmpty() {
    return this.#stored.size === 0 && this.#unsent.size === 0;
  }

  /** Shows a message for the first time, or as it is now. */
  put(message, { fresh = false } = {}) {
    const { seq, author, at } = message;
    const known = this.#stored.get(seq);
    if (known) return showStored(known.element, message);
    const own = this.#here.isMine(author);
    const element = (own && this.#takeUnsent(message.id)) || messageElement(author, own, fresh);
    const item = { rank: seq, at: new Date(at), author, element };
    showStored(element, message);
    this.#stored.set(seq, item);
    this.#place(item);
    if (seq === this.#newSeq) this.#placeNewLine();
  }

  /** Shows what is on the way and no longer what is not; true when something was added. */
  putUnsent(entries) {
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of [...this.#unsent.keys()]) {
      if (!ids.has(id)) this.#remove(this.#unsent.get(id));
    }
    const before = this.#unsent.size;
    for (const entry of entries) this.#putUnsent(entry);
    return this.#unsent.size > before;
  }

  /** Forgets every stored message, and what stood between them. */
  clear() {
    this.#takeOff(this.#settled());
  }

  /**
   * Where there are too many, takes off what is far from `element`, or from the end where it is
   * null. Returns the first and the last seq that belong to the rest, null where nothing went.
   *
   * @param {{keep: number, limit: number}} measure see `kept`
   */
  trim(element, measure) {
    const items = this.#settled();
    const index = items.findIndex((item) => item.element === element);
    const [start, end] = kept(items.length, index < 0 ? items.length : index, measure);
    this.#takeOff([...items.slice(0, start), ...items.slice(end)]);
    return {
      first: start > 0 ? Math.ceil(items[start].rank) : null,
      last: end < items.length ? Math.floor(items[end - 1].rank) : null,
    };
  }

  /** Adds a line of plain words after the stored messages; returns its element. */
  addLine(words) {
    const element = copyOf("line-template");
    element.textContent = words;
    this.#place({ rank: this.#timeline.afterStored(), at: new Date(), element });
    return element;
  }

  /** Moves the line above the first unread message to this one, once it is shown; null: away. */
  markNew(seq) {
    if (this.#newLine) this.#remove(this.#newLine);
    this.#newLine = null;
    this.#newSeq = seq;
    if (this.#stored.has(seq)) this.#placeNewLine();
  }

  /** Names the days as they are called now. */
  nameDays() {
    nameDays(this.#stream);
  }

  #putUnsent(entry) {
    const known = this.#unsent.get(entry.id);
    const author = this.#here.user;
    const element = known?.element ?? messageElement(author, true, true);
    showUnsent(element, entry);
    if (known) return;
    const item = { rank: Infinity, at: new Date(entry.at), author, element };
    this.#unsent.set(entry.id, item);
    this.#place(item);
  }

  /** The element of an unsent message, which from now on is not one. */
  #takeUnsent(id) {
    const item = this.#unsent.get(id);
    if (!item) return null;
    this.#unsent.delete(id);
    this.#unplace(item);
    return item.element;
  }

  #placeNewLine() {
    const { rank, at } = this.#stored.get(this.#newSeq);
    this.#newLine = { rank: rank - 0.25, at, element: copyOf("new-template") };
    this.#place(this.#newLine);
  }

  /** All that belongs to the log, or stands between it. */
  #settled() {
    return this.#timeline.items.filter(({ rank }) => rank !== Infinity);
  }

  #takeOff(items) {
    for (const item of items) {
      this.#stored.delete(item.rank);
      if (item === this.#newLine) this.#newLine = null;
      this.#remove(item);
    }
  }

  #place(item) {
    const { previous, next } = this.#timeline.place(item);
    const day = dayElement(this.#stream, item.day, next?.element.parentElement);
    const before = next?.day === item.day ? next.element : null;
    insert(item.element, day, before);
    group(previous, item);
    group(item, next);
  }

  #unplace(item) {
    const { previous, next } = this.#timeline.remove(item);
    group(previous, next);
  }

  #remove(item) {
    this.#unplace(item);
    const day = item.element.parentElement;
    item.element.remove();
    if (day.children.length === 1) day.remove();
  }
}

/** What is in its place already is not touched, lest it be read out twice. */
function insert(element, parent, before) {
  if (element.parentElement === parent && element.nextElementSibling === before) return;
  parent.insertBefore(element, before);
}

function group(previous, item) {
  const together = continues(item, previous);
  item?.element.classList.toggle("continued", together);
  previous?.element.classList.toggle("ends", !together);
}
