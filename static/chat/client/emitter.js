import { misuse } from "./given.js";

/** Named events with any number of listeners; one that throws does not silence the others. */
export class Emitter {
  #listeners;

  /** @param {string[]} types what the events are called */
  constructor(types) {
    this.#listeners = new Map(types.map((type) => [type, new Set()]));
  }

  /** Calls `listener` at each event of `type`; returns a function that ends it. */
  on(type, listener) {
    const listeners = this.#listeners.get(type);
    if (!listeners) {
      const all = [...this.#listeners.keys()].join(", ");
      throw misuse(`There is no event “${type}”; there are ${all}.`);
    }
    if (typeof listener !== "function") throw misuse("A listener is a function: on(type, listener).");
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
