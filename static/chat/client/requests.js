import { ChatError, disconnected } from "./errors.js";

/** Commands that wait for their direct answer, by id. */
export class Requests {
  #waiting = new Map();

  /** @param {{answered: (event) => void, refused: (error: ChatError) => void}} callbacks */
  open(id, callbacks) {
    this.#waiting.set(id, callbacks);
  }

  /** Hands an event to the command it answers; false when it answers none. */
  settle(event) {
    const callbacks = this.#waiting.get(event.id);
    if (!callbacks) return false;
    this.#waiting.delete(event.id);
    if (event.type === "error") callbacks.refused(ChatError.from(event));
    else callbacks.answered(event);
    return true;
  }

  /** The connection is gone, and with it every answer. */
  abandon() {
    const callbacks = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { refused } of callbacks) refused(disconnected());
  }
}
