import { changeOf, withChange } from "../logic/changes.js";
import { keptRange } from "../logic/extent.js";
import { knownUsers } from "../logic/mentions.js";
import { Originals } from "../logic/originals.js";
import { reactionsNow } from "../logic/reactions.js";
import { isMentioned } from "../logic/unread.js";
import { Timeline, continues } from "../logic/timeline.js";
import { copyOf } from "../parts/dom.js";
import { dayElement, nameDays } from "./days.js";
import { messageElement, showAuthor, showStored, showTime, showUnsent } from "./view.js";

/** The messages on the page, and the lines between them, in their order. */
export class MessageList {
  #stream;
  #chat;
  #timeline = new Timeline();
  #stored = new Map();
  #unsent = new Map();
  #changes = [];
  #originals = new Originals();
  #newLine = null;
  #newSeq = null;

  /** @param {Element} stream where the messages go @param {Chat} chat whose messages they are */
  constructor(stream, chat) {
    this.#stream = stream;
    this.#chat = chat;
  }

  get isEmpty() {
    return this.#stored.size === 0 && this.#unsent.size === 0;
  }

  /** The line above the first unread message; null where there is none. */
  get newLine() {
    return this.#newLine?.element ?? null;
  }

  /** Shows a message for the first time, or as it is now. */
  putMessage(message, { fresh = false } = {}) {
    const { seq, author, at } = message;
    this.noteChange(message);
    const known = this.#stored.get(seq);
    if (known) return this.#show(Object.assign(known, { message }));
    const own = author.id === this.#chat.user?.id;
    const element = (own && this.#takeUnsent(message.id)) || messageElement(author, own, fresh);
    const item = { rank: seq, at: new Date(at), author, element, message };
    this.#show(item);
    this.#stored.set(seq, item);
    this.#insert(item);
    if (seq === this.#newSeq) this.#insertNewLine();
  }

  /** Notes what messages reply to, by seq, before they are put. */
  noteOriginals(refs = {}) {
    this.#originals.note(Object.values(refs));
  }

  /** Shows a message as it is now above those that reply to it. */
  noteChange(message) {
    if (!this.#originals.has(message.seq)) return;
    this.#originals.set(message.seq, message);
    for (const item of this.#timeline.items) {
      if (item.message?.reply_to === message.seq) this.#show(item);
    }
  }

  /** Shows somebody's messages under another name. */
  renameAuthor(user) {
    for (const message of this.#originals.values()) {
      if (message.author.id === user.id) this.noteChange({ ...message, author: user });
    }
    for (const item of this.#timeline.items) {
      if (item.author?.id !== user.id) continue;
      item.author = user;
      showAuthor(item.element, user);
    }
  }

  /** Shows the outbox in the place of what was shown of it; returns true when it has grown. */
  putOutbox(entries) {
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of [...this.#unsent.keys()]) {
      if (!ids.has(id)) this.#delete(this.#unsent.get(id));
    }
    const before = this.#unsent.size;
    for (const entry of entries) this.#putUnsent(entry);
    return this.#unsent.size > before;
  }

  /** Shows what this person has changed, and the room does not know yet. */
  putChanges(changes) {
    const changed = [...this.#changes, ...changes];
    this.#changes = changes;
    for (const item of this.#timeline.items) {
      if (changed.some(({ of }) => of === item.message?.seq || of === item.message?.id)) this.#show(item);
    }
  }

  /** Returns a message as it is shown, with its `author`; undefined for an element of another kind. */
  messageAt(element) {
    const item = this.#timeline.items.find((each) => each.element === element);
    return item?.message && { ...this.#changed(item), author: item.author };
  }

  /** Returns the element of the message with this seq, or of this person's with this id. */
  elementOf(of) {
    const isMeant = ({ author, message }) => message?.id === of && author.id === this.#chat.user?.id;
    return (this.#stored.get(of) ?? this.#timeline.items.find(isMeant))?.element;
  }

  /** The elements of the messages that this person has written, newest first. */
  get ownElements() {
    return this.#timeline.items.filter(({ author }) => author?.id === this.#chat.user?.id).reverse().map(({ element }) => element);
  }

  /** Removes every stored message, and the lines between them. */
  clear() {
    this.#removeAll(this.#settled());
  }

  /**
   * Where there are too many, removes what is far from `element`, or from the end where it is null.
   * Returns the first and the last seq that belong to the rest, null where nothing was removed.
   *
   * @param {{keep: number, limit: number}} measure see `keptRange`
   */
  trim(element, measure) {
    const items = this.#settled();
    const index = items.findIndex((item) => item.element === element);
    const [start, end] = keptRange(items.length, index < 0 ? items.length : index, measure);
    this.#removeAll([...items.slice(0, start), ...items.slice(end)]);
    this.#originals.trim(this.#timeline.items.flatMap(({ message }) => message ?? []));
    return {
      first: start > 0 ? Math.ceil(items[start].rank) : null,
      last: end < items.length ? Math.floor(items[end - 1].rank) : null,
    };
  }

  /** Adds a line of plain words after the stored messages; returns its element. */
  addLine(words) {
    const element = copyOf("line-template");
    element.textContent = words;
    this.#insert({ rank: this.#timeline.rankAfterStored(), at: new Date(), element });
    return element;
  }

  /** Moves the line above the first unread message to this one, as soon as it is shown; or away. */
  markNew(seq) {
    if (this.#newLine) this.#delete(this.#newLine);
    this.#newLine = null;
    this.#newSeq = seq;
    if (this.#stored.has(seq)) this.#insertNewLine();
  }

  /** Moves it to the first message that others have written after this one, of those shown. */
  markNewAfter(seq) {
    const isNew = ({ rank, author }) => rank > seq && author && author.id !== this.#chat.user.id;
    this.markNew(this.#timeline.items.find(isNew)?.rank ?? null);
  }

  /** Writes the names of the days as they are now. */
  nameDays() {
    nameDays(this.#stream);
  }

  /** Writes all times anew, and groups by the days of the zone that they are in by now. */
  arrangeDays() {
    const { items } = this.#timeline;
    this.#timeline = new Timeline();
    for (const day of this.#stream.querySelectorAll(".day")) day.remove();
    for (const item of items) {
      if (item.author) showTime(item.element, item.at);
      this.#insert(item);
    }
  }

  #putUnsent(entry) {
    const known = this.#unsent.get(entry.id);
    if (known) return this.#show(Object.assign(known, { message: entry }));
    const author = this.#chat.user;
    const element = messageElement(author, true, true);
    const item = { rank: Infinity, at: new Date(entry.at), author, element, message: entry };
    this.#show(item);
    this.#unsent.set(entry.id, item);
    this.#insert(item);
  }

  #show(item) {
    const show = item.rank === Infinity ? showUnsent : showStored;
    show(item.element, this.#changed(item), this.#chat.user?.id);
  }

  #changed({ message }) {
    const original = this.#originals.get(message.reply_to) ?? this.#stored.get(message.reply_to)?.message ?? null;
    const me = this.#chat.user?.id;
    const reactions = reactionsNow(message, this.#changes, me);
    const changed = withChange(message, changeOf(this.#changes, message));
    const mentions = changed.mentions?.flatMap((each) => this.#meant(each, message) ?? []);
    return { ...changed, original, reactions, mentions, mentionsMe: isMentioned(message, me) };
  }

  /** Returns somebody who is meant: of what is on its way only the ids are there. */
  #meant(person, { mentions = [] }) {
    if (typeof person === "object") return person;
    const isSame = ({ id }) => id === person;
    return mentions.find(isSame) ?? knownUsers(this.#chat.snapshot()).get(person);
  }

  /** Returns the element of an unsent message that is stored now, and takes it out of its place. */
  #takeUnsent(id) {
    const item = this.#unsent.get(id);
    if (!item) return null;
    this.#unsent.delete(id);
    this.#detach(item);
    return item.element;
  }

  #insertNewLine() {
    const { rank, at } = this.#stored.get(this.#newSeq);
    this.#newLine = { rank: rank - 0.25, at, element: copyOf("new-template") };
    this.#insert(this.#newLine);
  }

  /** Returns all items that belong to the log, or stand between its messages. */
  #settled() {
    return this.#timeline.items.filter(({ rank }) => rank !== Infinity);
  }

  #removeAll(items) {
    for (const item of items) {
      this.#stored.delete(item.rank);
      if (item === this.#newLine) this.#newLine = null;
      this.#delete(item);
    }
  }

  #insert(item) {
    const { previous, next } = this.#timeline.insertItem(item);
    const day = dayElement(this.#stream, item.day, next?.element.parentElement);
    const before = next?.day === item.day ? next.element : null;
    placeElement(item.element, day, before);
    groupWith(previous, item);
    groupWith(item, next);
  }

  #detach(item) {
    const { previous, next } = this.#timeline.removeItem(item);
    groupWith(previous, next);
  }

  #delete(item) {
    this.#detach(item);
    const day = item.element.parentElement;
    item.element.remove();
    if (day.children.length === 1) day.remove();
  }
}

/** An element that is in its place already is not touched: a screen reader would read it again. */
function placeElement(element, parent, before) {
  if (element.parentElement === parent && element.nextElementSibling === before) return;
  parent.insertBefore(element, before);
}

function groupWith(previous, item) {
  const isContinued = continues(item, previous);
  item?.element.classList.toggle("continued", isContinued);
  previous?.element.classList.toggle("ends", !isContinued);
}
