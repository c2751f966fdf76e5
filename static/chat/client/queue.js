import { Shelf } from "./shelf.js";

const DOUBT = {
  code: "conflict",
  message: "This may have been sent already, before you came back.",
};

/**
 * One person's unconfirmed messages to one room, in the order of writing, kept over a reload.
 *
 * An entry is `{id, body, at, order, state, tried, error}`; its state is `waiting`, `sending`,
 * `sent` (in the room's log, but not back from there yet) or `failed` (with the error).
 */
export class Queue {
  #entries = [];
  #owner = null;
  #shelf = null;
  #lastOrder = 0;

  get entries() {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /** From now on these are `owner`'s messages to `room`, with what they left from before. */
  belongTo({ storage, owner, room }) {
    for (const { id } of this.#entries) this.#shelf?.remove(id);
    if (this.#owner !== null && this.#owner !== owner) this.#disown();
    this.#owner = owner;
    this.#shelf = new Shelf(storage, owner, room);
    const stored = this.#shelf.load().filter(({ id }) => !this.find(id));
    this.#entries = [...stored, ...this.#entries];
    this.#lastOrder = Math.max(this.#lastOrder, ...stored.map(({ order }) => order));
    for (const entry of this.#entries) this.#save(entry);
  }

  add(id, body, at) {
    this.#lastOrder = Math.max(at, this.#lastOrder + 1);
    const entry = { id, body, at, order: this.#lastOrder, state: "waiting", tried: false };
    this.#entries.push(entry);
    this.#save(entry);
    return entry;
  }

  find(id) {
    return this.#entries.find((entry) => entry.id === id);
  }

  next() {
    return this.#entries.find(({ state }) => state === "waiting");
  }

  update(entry, changes) {
    Object.assign(entry, changes);
    this.#save(entry);
  }

  /** Removes the entries for which `test` is true. */
  remove(test) {
    for (const { id } of this.#entries.filter(test)) this.#shelf?.remove(id);
    this.#entries = this.#entries.filter((entry) => !test(entry));
  }

  /**
   * What may have reached the log under another identity must not go out by itself under this
   * one: it could be said twice.
   */
  #disown() {
    for (const entry of this.#entries) {
      if (entry.tried) Object.assign(entry, { state: "failed", error: DOUBT });
    }
  }

  #save(entry) {
    if (entry.state === "sent") return this.#shelf?.remove(entry.id);
    const state = entry.state === "failed" ? "failed" : "waiting";
    this.#shelf?.save({ ...entry, state });
  }
}
