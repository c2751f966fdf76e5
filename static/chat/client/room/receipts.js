import { RECEIPT_MESSAGES, RECEIPT_MS } from "../base/protocol.js";

/**
 * Flow control: acknowledges to the server what this client has applied, every 32 messages or a
 * second after one.
 *
 * The count begins anywhere in the 32: readers who joined together would else all acknowledge
 * the same frame.
 */
export class Receipts {
  #clock;
  #sendReceipt;
  #unacknowledged = Math.floor(Math.random() * RECEIPT_MESSAGES);
  #timer = null;

  constructor(clock, sendReceipt) {
    this.#clock = clock;
    this.#sendReceipt = sendReceipt;
  }

  count(messages = 1) {
    this.#unacknowledged += messages;
    if (this.#unacknowledged >= RECEIPT_MESSAGES) this.#flush();
    else this.#timer ??= this.#clock.setTimeout(() => this.#flush(), RECEIPT_MS);
  }

  reset() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#unacknowledged = 0;
  }

  #flush() {
    this.reset();
    this.#sendReceipt();
  }
}
