import { RECEIPT_MESSAGES, RECEIPT_MS } from "./protocol.js";

/**
 * Tells the server how far this client has read: every 32 messages, or a second after one.
 *
 * It begins somewhere in the 32: readers who came together would else all answer the same frame.
 */
export class Receipts {
  #clock;
  #tell;
  #messages = Math.floor(Math.random() * RECEIPT_MESSAGES);
  #timer = null;

  constructor(clock, tell) {
    this.#clock = clock;
    this.#tell = tell;
  }

  note(messages = 1) {
    this.#messages += messages;
    if (this.#messages >= RECEIPT_MESSAGES) this.#flush();
    else this.#timer ??= this.#clock.setTimeout(() => this.#flush(), RECEIPT_MS);
  }

  stop() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#messages = 0;
  }

  #flush() {
    this.stop();
    this.#tell();
  }
}
