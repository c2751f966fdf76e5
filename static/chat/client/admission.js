import { disconnected } from "./errors.js";

const RETRY_MS = 2_000;

/** Whether this client is in a room: `out`, `joining`, `in`, or `refused` until asked again. */
export class Admission {
  #clock;
  #port;
  #state = "out";
  #refusal = null;
  #waiting = [];
  #timer = null;

  /**
   * @param {object} port `ask(callbacks)` sends the join if there is a session, and tells whether
   *   it did; `joined(event)`; `refused(error)`; `snapshot()`
   */
  constructor(port, clock) {
    this.#port = port;
    this.#clock = clock;
  }

  get state() {
    return this.#state;
  }

  /** Why one was refused; null where one was not. */
  get refusal() {
    return this.#state === "refused" ? this.#refusal : null;
  }

  /** Resolves with the room's snapshot once in, rejects with the ChatError of a refusal. */
  request() {
    const promise = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    promise.catch(() => {}); // A refusal is also an event.
    if (this.#state === "in") this.#settle(({ resolve }) => resolve(this.#port.snapshot()));
    this.forgive();
    this.attempt();
    return promise;
  }

  /** A former refusal no longer counts. */
  forgive() {
    if (this.#state === "refused") this.#state = "out";
  }

  /** Asks to come in, where one is not in and was not refused. */
  attempt() {
    if (this.#state !== "out") return;
    const asked = this.#port.ask({
      answered: (event) => this.#port.joined(event),
      refused: (error) => this.#refused(error),
    });
    if (asked && this.#state === "out") this.#state = "joining";
  }

  granted() {
    this.#state = "in";
    this.#settle(({ resolve }) => resolve(this.#port.snapshot()));
  }

  /** One may not be in, or no longer. */
  refuse(error) {
    this.#state = "refused";
    this.#refusal = error;
    this.#settle(({ reject }) => reject(error));
    this.#port.refused(error);
  }

  /** Nobody is asked any more, for now. */
  giveUp(error) {
    this.#settle(({ reject }) => reject(error));
  }

  /** The connection is gone; a refusal outlives it. */
  lost() {
    this.#clock.clearTimeout(this.#timer);
    if (this.#state !== "refused") this.#state = "out";
  }

  /** Nobody wants in any more, even where the server still lets one in. */
  end() {
    this.lost();
    this.giveUp(disconnected("This room was left before the answer came."));
    this.#port = { ...this.#port, ask: () => false, joined() {}, refused() {} };
  }

  #refused(error) {
    if (error.code === "disconnected") return;
    if (error.isTemporary) return this.#later(error);
    this.refuse(error);
  }

  #later({ retryAfter }) {
    this.#state = "out";
    const delay = retryAfter ? retryAfter * 1000 : RETRY_MS;
    this.#timer = this.#clock.setTimeout(() => this.attempt(), delay);
  }

  #settle(callback) {
    this.#waiting.splice(0).forEach(callback);
  }
}
