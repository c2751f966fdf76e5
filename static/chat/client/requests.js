import { ChatError, disconnectedError } from "./base/errors.js";

/** Commands that wait for their direct reply, by id. */
export class Requests {
  #sendCommand;
  #waiting = new Map();
  #sent = 0;

  /** @param {(command: object) => boolean} sendCommand returns false without a connection */
  constructor(sendCommand) {
    this.#sendCommand = sendCommand;
  }

  /**
   * Sends a command, under a new id where it has none.
   *
   * @param {object} command
   * @param {{onReply: (event) => void, onRefusal: (error: ChatError) => void}} callbacks
   */
  sendRequest(command, callbacks) {
    this.#sent += 1;
    const id = command.id ?? `c${this.#sent}`;
    if (this.#sendCommand({ ...command, id })) this.#waiting.set(id, callbacks);
    else callbacks.onRefusal(disconnectedError());
  }

  /** Passes an event to the command that it replies to; returns false when there is none. */
  settleReply(event) {
    const callbacks = this.#waiting.get(event.id);
    if (!callbacks) return false;
    this.#waiting.delete(event.id);
    if (event.type === "error") callbacks.onRefusal(ChatError.from(event));
    else callbacks.onReply(event);
    return true;
  }

  /** Refuses every command that waits: the connection is lost. */
  abandonAll() {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { onRefusal } of waiting) onRefusal(disconnectedError());
  }
}
