import { ChatError, disconnected } from "./errors.js";

/** Commands that wait for their direct answer, by id. */
export class Requests {
  #send;
  #waiting = new Map();
  #asked = 0;

  /** @param {(command: object) => boolean} send false where there is no connection */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Sends a command, under an id where it has none.
   *
   * @param {object} command
   * @param {{answered: (event) => void, refused: (error: ChatError) => void}} callbacks
   */
  ask(command, callbacks) {
    this.#asked += 1;
    const id = command.id ?? `c${this.#asked}`;
    if (this.#send({ ...command, id })) this.#waiting.set(id, callbacks);
    else callbacks.refused(disconnected());
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
