import { ChatError } from "../base/errors.js";
import { NOBODY, QueueStorage } from "./queuestorage.js";

const UNCERTAIN = {
  code: "conflict",
  message: "This may have been sent already, before you came back.",
};
const SOMEBODY_ELSES = {
  code: "forbidden",
  message: "You wrote this message as somebody else. It cannot be changed any more.",
};
const OF_FORMER_LOG = {
  code: "not_found",
  message: "This room was restored from a backup. Send your words as a new message, or discard them.",
};
const OF_ANOTHER_ROOM = {
  code: "not_found",
  message: "You wrote this in another room. Discard it here.",
};

/**
 * One person's unconfirmed messages to one room and changes of them, in the order of writing,
 * stored over a reload.
 *
 * An entry is `{id, body, reply_to, format, at, order, state, tried, error}`; a change has also its
 * `kind`, "edit", "delete" or "react", and `of`: the seq of its message, or the id while the seq is
 * not known; a reaction its `emoji` and whether it is `on`. Changes and replies have `epoch`, the
 * log that the seq is of. Once it is known, all have `home`, the id of the room.
 * The state:
 *
 *     waiting → sending → sent      acknowledged, but not in this client's log yet
 *        ↑         ↓
 *        └──── failed               with the error, until it is tried again
 *
 * From `sending` it also goes back to `waiting`. Only `waiting` and `failed` are stored: whatever
 * a reload interrupts is sent again under the same id.
 */
export class Queue {
  #entries = [];
  #owner = null;
  #stored = null;
  #home;
  #lastOrder = 0;

  get entries() {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /**
   * Makes these `owner`'s messages to `room`, and adds those that are stored from before: the
   * owner's own, and nobody's in the tab's storage. Once its id is known, `home`, those fail that were
   * written in a room of another id.
   */
  assignTo({ storage, tab, owner, room, home }) {
    for (const { id } of this.#entries) this.#stored?.deleteEntry(id);
    if (this.#owner !== null && this.#owner !== owner) {
      this.#entries = failUncertain(this.#entries);
    }
    this.#owner = owner;
    this.#stored = new QueueStorage(storage, owner, room);
    const found = [...takeNobodys(tab, room), ...this.#stored.loadEntries()];
    const stored = found.filter(({ id }) => !this.find(id)).sort((a, b) => a.order - b.order);
    this.#entries = [...stored, ...this.#entries];
    this.#lastOrder = Math.max(this.#lastOrder, ...stored.map(({ order }) => order));
    this.#home = home;
    if (home) this.#entries.forEach((entry) => failElsewhere(entry, home));
    for (const entry of this.#entries) this.#store(entry);
  }

  addEntry(id, content, at) {
    this.#lastOrder = Math.max(at, this.#lastOrder + 1);
    const entry = { id, ...content, home: this.#home, at, order: this.#lastOrder, state: "waiting", tried: false };
    this.#entries.push(entry);
    this.#store(entry);
    return entry;
  }

  /** Returns the changes of a message that wait for its seq. */
  changesOf(id) {
    return this.#entries.filter(({ of }) => of === id);
  }

  find(id) {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** Returns the first entry that waits and for which `test` is true. */
  nextWaiting(test) {
    return this.#entries.find((entry) => entry.state === "waiting" && test(entry));
  }

  update(entry, changes) {
    Object.assign(entry, changes);
    this.#store(entry);
  }

  /** Removes the entries for which `test` is true. */
  removeIf(test) {
    for (const { id } of this.#entries.filter(test)) this.#stored?.deleteEntry(id);
    this.#entries = this.#entries.filter((entry) => !test(entry));
  }

  /**
   * Removes and returns the changes of another log than that of `epoch`: what has their seqs now is
   * another message. The words of an edit stay, as a message that failed.
   */
  removeFormer(epoch) {
    const isFormerChange = (entry) => !isMessage(entry) && isFormer(entry, epoch);
    const former = this.#entries.filter(isFormerChange);
    this.removeIf(isFormerChange);
    for (const { id, kind, body, mentions, at, order, state } of former) {
      if (kind !== "edit" || state === "sent") continue;
      const content = { id, body, mentions, at, order };
      const entry = { ...content, state: "failed", tried: true, error: OF_FORMER_LOG };
      this.#entries.push(entry);
      this.#store(entry);
    }
    return former;
  }

  /** Makes replies to messages of another log than that of `epoch` messages; returns whether there
   * were any. */
  endReplies(epoch) {
    const replies = this.#entries.filter((entry) => isMessage(entry) && isFormer(entry, epoch));
    for (const reply of replies) this.update(reply, { reply_to: undefined, epoch: undefined });
    return replies.length > 0;
  }

  #store(entry) {
    if (entry.state === "sent") return this.#stored?.deleteEntry(entry.id);
    const state = entry.state === "failed" ? "failed" : "waiting";
    this.#stored?.saveEntry({ ...entry, state });
  }
}

/** Returns the error of a change that `removeFormer` removed. */
export function formerError() {
  return new ChatError(OF_FORMER_LOG.code, OF_FORMER_LOG.message);
}

function isFormer(entry, epoch) {
  return entry.epoch && entry.epoch !== epoch && entry.state !== "sending";
}

/** Returns true for a message, false for a change of one. */
export function isMessage({ kind }) {
  return kind === undefined;
}

/** Removes and returns what is stored of former guests of this tab. */
function takeNobodys(tab, room) {
  const stored = new QueueStorage(tab, NOBODY, room);
  const entries = stored.loadEntries();
  for (const { id } of entries) stored.deleteEntry(id);
  return failUncertain(entries);
}

/**
 * Fails what may have reached the log under another identity: sent under this one, it could be
 * there twice. Returns all but the reactions, which nobody wrote.
 */
function failUncertain(entries) {
  const kept = entries.filter(({ kind }) => kind !== "react");
  for (const entry of kept) {
    const error = isMessage(entry) ? entry.tried && UNCERTAIN : SOMEBODY_ELSES;
    if (error) Object.assign(entry, { state: "failed", error: entry.error ?? error });
  }
  return kept;
}

/** Notes the room of an entry by its id; fails the entry, where it was written in another one. */
function failElsewhere(entry, home) {
  entry.home ??= home;
  if (entry.home === home || entry.state === "failed") return;
  Object.assign(entry, { state: "failed", error: OF_ANOTHER_ROOM });
}
