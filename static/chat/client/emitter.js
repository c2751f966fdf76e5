import { usageError } from "./base/errors.js";

/** The types of the events that `Chat.on` takes; base/types.js has their fields. */
export const EVENTS = [
  ...["state", "welcome", "site", "refused", "error"],
  ...["joined", "reset", "message", "history", "presence", "renamed"],
  ...["typing", "room", "outbox", "rooms", "read", "notice"],
];

/** Named events with any number of listeners; one that throws does not silence the others. */
export class Emitter {
  #listeners;

  /** @param {string[]} types the names of the events */
  constructor(types) {
    this.#listeners = new Map(types.map((type) => [type, new Set()]));
  }

  /** Calls `listener` at each event of `type`; returns a function that stops this. */
  subscribe(type, listener) {
    const listeners = this.#listeners.get(type);
    if (!listeners) {
      const all = [...this.#listeners.keys()].join(", ");
      throw usageError(`There is no event “${type}”; there are ${all}.`);
    }
    if (typeof listener !== "function") {
      throw usageError("A listener is a function. Call on(type, listener).");
    }
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit(type, event) {
    for (const listener of [...this.#listeners.get(type)]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
