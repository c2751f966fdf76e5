import { ChatError } from "./errors.js";
import { Queue } from "./queue.js";

const REST_MS = 2_000;
const UNTIL_NEXT_SESSION = new Set(["disconnected", "unauthorized"]);

/**
 * Sends a queue of messages to one room: one at a time, in order, under the same id until it is
 * answered, whatever happens to the connection.
 */
export class Outbox {
  #port;
  #queue = new Queue();
  #promises = new Map();
  #ready = false;
  #sendingId = null;
  #restTimer = null;
  #retryAt = null;

  /**
   * @param {object} port `clock`, `newId()`, `transmit(entry, callbacks)`, `changed()` and
   *   `holds(version)`: whether the room's log is that far
   */
  constructor(port) {
    this.#port = port;
  }

  get entries() {
    return this.#queue.entries;
  }

  /** When the next try is, in ms of the clock, while the server asked for patience; else null. */
  get retryAt() {
    return this.#retryAt;
  }

  belongTo(place) {
    this.#queue.belongTo(place);
    for (const { id, state, error } of this.#queue.entries) {
      if (state === "failed") this.#reject(id, new ChatError(error.code, error.message));
    }
    this.#port.changed();
  }

  /** The room is joined: what waits may go. */
  open() {
    this.#ready = true;
    this.#wake();
  }

  /** The room is not joined: nothing goes until `open`. */
  close() {
    this.#ready = false;
    this.#port.clock.clearTimeout(this.#restTimer);
    this.#retryAt = null;
  }

  /** One is not let in, or there is an end: whoever waits is told, and what waits is kept. */
  giveUp(error) {
    for (const id of [...this.#promises.keys()]) this.#reject(id, error);
  }

  /** Takes a message; resolves with its `{id, seq, version, at}`, rejects with a ChatError. */
  add(body) {
    const { id } = this.#queue.add(this.#port.newId(), body, this.#port.clock.now());
    const promise = this.#promise(id);
    this.#port.changed();
    this.#pump();
    return promise;
  }

  /** A message with this id is in the log: it was sent, whether or not the ack came. */
  seen({ id, seq, version, at }) {
    if (!this.#queue.find(id)) return;
    this.#queue.remove((entry) => entry.id === id);
    this.#settle(id, { id, seq, version, at });
  }

  /** The log moved on: what was sent and is behind it is no longer missing from it. */
  settleHeld() {
    this.#queue.remove(({ state, version }) => state === "sent" && this.#port.holds(version));
    this.#port.changed();
  }

  retry(id) {
    const entry = this.#queue.find(id);
    if (entry?.state !== "failed") return;
    this.#update(entry, { state: "waiting", error: undefined });
    this.#pump();
  }

  discard(id) {
    this.#queue.remove((entry) => entry.id === id && entry.state === "failed");
    this.#port.changed();
  }

  #wake() {
    this.#retryAt = null;
    this.#port.changed();
    this.#pump();
  }

  #pump() {
    if (!this.#ready || this.#sendingId !== null || this.#retryAt !== null) return;
    const entry = this.#queue.next();
    if (!entry) return;
    this.#sendingId = entry.id;
    this.#update(entry, { state: "sending", tried: true });
    this.#port.transmit(entry, {
      answered: (ack) => this.#acked(entry, ack),
      refused: (error) => this.#refused(entry, error),
    });
  }

  #acked(entry, { seq, version, at }) {
    if (this.#queue.find(entry.id)) this.#queue.update(entry, { state: "sent", version });
    this.#settle(entry.id, { id: entry.id, seq, version, at });
    this.settleHeld();
  }

  #settle(id, receipt) {
    if (this.#sendingId === id) this.#sendingId = null;
    this.#promises.get(id)?.resolve(receipt);
    this.#promises.delete(id);
    this.#port.changed();
    this.#pump();
  }

  #refused(entry, error) {
    if (this.#sendingId === entry.id) this.#sendingId = null;
    if (!this.#queue.find(entry.id)) return;
    if (UNTIL_NEXT_SESSION.has(error.code)) return this.#postpone(entry);
    if (error.isTemporary) return this.#rest(entry, error);
    this.#fail(entry, error);
  }

  #postpone(entry) {
    this.close();
    this.#update(entry, { state: "waiting" });
  }

  #rest(entry, { retryAfter }) {
    const { clock } = this.#port;
    const delay = retryAfter ? retryAfter * 1000 : REST_MS;
    this.#retryAt = clock.now() + delay;
    this.#restTimer = clock.setTimeout(() => this.#wake(), delay);
    this.#update(entry, { state: "waiting" });
  }

  #fail(entry, error) {
    this.#update(entry, { state: "failed", error: { code: error.code, message: error.message } });
    this.#reject(entry.id, error);
    this.#pump();
  }

  #reject(id, error) {
    this.#promises.get(id)?.reject(error);
    this.#promises.delete(id);
  }

  #update(entry, changes) {
    this.#queue.update(entry, changes);
    this.#port.changed();
  }

  #promise(id) {
    const promise = new Promise((resolve, reject) => this.#promises.set(id, { resolve, reject }));
    promise.catch(() => {}); // Whoever watches the entries need not watch the promise too.
    return promise;
  }
}
