import { ChatError } from "../base/errors.js";
import { Lane } from "./lane.js";
import { Queue, formerError, isMessage } from "./queue.js";

const RETRY_MS = 2_000;
const UNTIL_NEXT_SESSION = new Set(["disconnected", "unauthorized"]);

/**
 * Sends a queue of messages and changes to one room: one at a time, in order, each under the same
 * id, an idempotency key, until the server acknowledges or refuses it, over any number of
 * connections. Reactions have an order of their own, in which those to a message that is not sent
 * yet are passed over: no message waits for clicks.
 */
export class Outbox {
  #port;
  #queue = new Queue();
  #promises = new Map();
  #isOpen = false;
  #texts;
  #reactions;

  /**
   * @param {object} port `clock`, `newId()`, `transmit(entry, callbacks)`, `onChange()`,
   *   `onStored(entry, ack)` and `hasVersion(version)`: whether the room's log is that far;
   *   `epoch()`, that of the log
   */
  constructor(port) {
    this.#port = port;
    this.#texts = new Lane(port.clock);
    this.#reactions = new Lane(port.clock);
  }

  /** The messages. */
  get entries() {
    return this.#queue.entries.filter(isMessage);
  }

  /** The changes of messages that were sent. */
  get changes() {
    return this.#queue.entries.filter((entry) => !isMessage(entry));
  }

  /** When messages are tried next, in ms of the clock, where the server asked to wait; else null. */
  get retryAt() {
    return this.#texts.retryAt;
  }

  /** Why they wait until then, in a sentence for a person; null where they do not. */
  get reason() {
    return this.#texts.reason;
  }

  /** Makes this the outbox of a person and a room, `{storage, tab, owner, room}`. */
  claim(place) {
    this.#queue.assignTo(place);
    for (const { id, state, error } of this.#queue.entries) {
      if (state === "failed") this.#reject(id, new ChatError(error.code, error.message));
    }
    this.#port.onChange();
  }

  /** Begins to send: the room is joined. */
  open() {
    this.#isOpen = true;
    for (const lane of this.#lanes) lane.endWait();
    this.#resume();
  }

  /** Sends nothing until `open`: the room is not joined. */
  close() {
    this.#isOpen = false;
    for (const lane of this.#lanes) lane.endWait();
  }

  /** Rejects each promise that waits; the messages stay in the queue. */
  rejectAll(error) {
    for (const id of [...this.#promises.keys()]) this.#reject(id, error);
  }

  /** Queues a message, `{body}` and what else it has; resolves with its `{id, seq, version, at}`,
   * rejects with a ChatError. */
  enqueue(content) {
    const isReply = content.reply_to !== undefined;
    return this.#add(isReply ? { ...content, epoch: this.#port.epoch() } : content);
  }

  /**
   * Queues a change, `{kind, of}` and its content, of the message with the seq or the id `of`;
   * resolves as `enqueue` does. A message that was never tried is changed here, at once. An edit or
   * a deletion replaces those of the same message that have failed.
   */
  enqueueChange(change) {
    const message = this.#queue.find(change.of);
    const isUnsent = message?.tried === false && change.kind !== "react";
    if (message?.state === "failed" || isUnsent) {
      return this.#changeUnsent(message, change);
    }
    const of = message?.seq ?? change.of;
    if (change.kind !== "react") {
      const failed = this.#rewritesOf(of).filter(({ state }) => state === "failed");
      this.#queue.removeIf((entry) => failed.includes(entry));
    }
    return this.#add({ ...change, of, epoch: this.#port.epoch() });
  }

  has(id) {
    return this.#queue.find(id) !== undefined;
  }

  /** Notes an own message as it is in the log now: it was sent, acknowledged here or not. */
  confirmStored({ id, seq, version, at }) {
    if (this.#queue.find(id)) {
      this.#queue.removeIf((entry) => entry.id === id);
      this.#stored(id, { id, seq, version, at });
    }
  }

  /** Notes that the message with this seq has come as it is now, with what was changed here. */
  confirmChanges(seq) {
    if (this.#queue.entries.some(({ of, state }) => of === seq && state === "sent")) {
      this.removeReached();
    }
  }

  /** Removes what was sent and what the log has reached: nobody misses it there any more. */
  removeReached() {
    this.#queue.removeIf(
      ({ state, version }) => state === "sent" && this.#port.hasVersion(version),
    );
    this.#port.onChange();
  }

  /** Gives up the changes of messages of a former log, and what replies to one replies to none:
   * another log has begun. */
  rejectFormer() {
    const epoch = this.#port.epoch();
    const former = this.#queue.removeFormer(epoch);
    for (const { id } of former) this.#reject(id, formerError());
    if (this.#queue.endReplies(epoch) || former.length > 0) this.#port.onChange();
  }

  retryEntry(id) {
    const entry = this.#queue.find(id);
    if (entry?.state !== "failed") return;
    this.#update(entry, { state: "waiting", error: undefined, home: undefined });
    this.#sendNext();
  }

  discardEntry(id) {
    this.#queue.removeIf((entry) => entry.id === id && entry.state === "failed");
    this.#port.onChange();
  }

  get #lanes() {
    return [this.#texts, this.#reactions];
  }

  #laneOf({ kind }) {
    return kind === "react" ? this.#reactions : this.#texts;
  }

  #resume() {
    this.#port.onChange();
    this.#sendNext();
  }

  #sendNext() {
    for (const lane of this.#lanes) {
      const entry = this.#isOpen && lane.isFree && this.#nextOf(lane);
      if (entry) this.#sendEntry(entry, lane);
    }
  }

  #nextOf(lane) {
    const isReady = ({ of }) => lane === this.#texts || !this.has(of);
    return this.#queue.nextWaiting((entry) => this.#laneOf(entry) === lane && isReady(entry));
  }

  #sendEntry(entry, lane) {
    lane.sendingId = entry.id;
    this.#update(entry, { state: "sending", tried: true });
    this.#port.transmit(entry, {
      onReply: (ack) => this.#acknowledge(entry, ack),
      onRefusal: (error) => this.#sendRefused(entry, error),
    });
  }

  #acknowledge(entry, ack) {
    const { seq, version, at } = ack;
    this.#port.onStored(entry, ack);
    if (this.#queue.find(entry.id)) this.#queue.update(entry, { state: "sent", version, seq });
    this.#stored(entry.id, { id: entry.id, seq, version, at });
    this.removeReached();
  }

  #stored(id, receipt) {
    const place = { of: receipt.seq, epoch: this.#port.epoch() };
    for (const change of this.#queue.changesOf(id)) this.#queue.update(change, place);
    this.#resolve(id, receipt);
  }

  #resolve(id, receipt) {
    this.#release(id);
    this.#promises.get(id)?.resolve(receipt);
    this.#promises.delete(id);
    this.#port.onChange();
    this.#sendNext();
  }

  #release(id) {
    for (const lane of this.#lanes) if (lane.sendingId === id) lane.sendingId = null;
  }

  #sendRefused(entry, error) {
    this.#release(entry.id);
    if (!this.#queue.find(entry.id)) return;
    // Who is not in the room any more is told so, and not for each message.
    if (!this.#isOpen || UNTIL_NEXT_SESSION.has(error.code)) return this.#postpone(entry);
    if (error.isTemporary) return this.#retryLater(entry, error);
    this.#fail(entry, error);
  }

  #postpone(entry) {
    this.close();
    this.#waitAgain(entry);
  }

  /** Another log may have begun while it was on its way. */
  #waitAgain(entry) {
    this.#update(entry, { state: "waiting" });
    this.rejectFormer();
  }

  #retryLater(entry, { retryAfter, message }) {
    const delay = retryAfter ? retryAfter * 1000 : RETRY_MS;
    this.#laneOf(entry).wait(delay, message, () => this.#resume());
    this.#waitAgain(entry);
  }

  #fail(entry, error) {
    if (entry.kind === "react" || this.#isReplaced(entry)) return this.#drop(entry, error);
    this.#update(entry, { state: "failed", error: { code: error.code, message: error.message } });
    this.#reject(entry.id, error);
    for (const change of this.#queue.changesOf(entry.id)) {
      this.#queue.removeIf(({ id }) => id === change.id);
      const changed = this.#changeUnsent(entry, change);
      changed.catch(() => {});
      this.#promises.get(change.id)?.resolve(changed);
      this.#promises.delete(change.id);
    }
    this.#sendNext();
  }

  /** Returns the edits and deletions of a message, by its seq or its id. */
  #rewritesOf(of) {
    return this.#queue.changesOf(of).filter(({ kind }) => kind !== "react");
  }

  /** Returns true for a change whose author has made a later one of the same message. */
  #isReplaced(entry) {
    return !isMessage(entry) && this.#rewritesOf(entry.of).at(-1) !== entry;
  }

  /** Forgets what was refused: a reaction, or a change in whose place there is a later one. */
  #drop({ id }, error) {
    this.#queue.removeIf((entry) => entry.id === id);
    this.#reject(id, error);
    this.#port.onChange();
    this.#sendNext();
  }

  #add(content) {
    const { id } = this.#queue.addEntry(this.#port.newId(), content, this.#port.clock.now());
    const promise = this.#promise(id);
    this.#port.onChange();
    this.#sendNext();
    return promise;
  }

  #changeUnsent(message, { kind, body, mentions, mention_names }) {
    const { id } = message;
    // An earlier change may have deleted it.
    if (!this.#queue.find(id)) return Promise.resolve({ id });
    if (kind === "react") {
      return Promise.reject(new ChatError("not_found", "This message was not sent. Send it first."));
    }
    if (kind === "edit") {
      this.#queue.update(message, { body, mentions, mention_names });
    } else {
      this.#queue.removeIf((entry) => entry.id === id);
      this.#reject(id, new ChatError("not_found", "This message was deleted before it was sent."));
    }
    this.#port.onChange();
    return Promise.resolve({ id });
  }

  #reject(id, error) {
    this.#promises.get(id)?.reject(error);
    this.#promises.delete(id);
  }

  #update(entry, changes) {
    this.#queue.update(entry, changes);
    this.#port.onChange();
  }

  #promise(id) {
    const promise = new Promise((resolve, reject) => this.#promises.set(id, { resolve, reject }));
    promise.catch(() => {}); // Whoever shows the entries need not watch the promise too.
    return promise;
  }
}
