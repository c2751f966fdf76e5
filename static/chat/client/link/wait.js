import { backoffDelay } from "../base/timing.js";
import { Lookout } from "./lookout.js";

/** The wait before the next attempt to connect: backoff, which ends early when the server is back. */
export class Wait {
  #parts;
  #onEnd;
  #lookout;
  #attempt = 0;
  #timer = null;
  #endsAt = 0;

  /**
   * @param {string} api the base address of the HTTP API
   * @param {object} parts fetch, clock, random and pageState
   * @param {() => void} onEnd
   */
  constructor(api, parts, onEnd) {
    this.#parts = parts;
    this.#onEnd = onEnd;
    this.#lookout = new Lookout(api, parts, (delay) => this.#shorten(delay));
  }

  /**
   * Starts, and returns when it ends.
   *
   * @param {number} atLeast ms that the server asked for: it is there, and need not be looked for
   */
  start(atLeast) {
    const { random } = this.#parts;
    this.#endIn(atLeast + backoffDelay(this.#attempt++, random));
    if (atLeast === 0) this.#lookout.start();
    return this.#endsAt;
  }

  stop() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#lookout.stop();
  }

  /** Begins with the shortest wait again. */
  forgetFailures() {
    this.#attempt = 0;
  }

  /** Notes that the connection is up: the next loss is another one. */
  noteSuccess() {
    this.#lookout.reset();
  }

  #shorten(delay) {
    this.forgetFailures();
    if (this.#parts.clock.now() + delay < this.#endsAt) this.#endIn(delay);
  }

  #endIn(delay) {
    const { clock } = this.#parts;
    clock.clearTimeout(this.#timer);
    this.#endsAt = clock.now() + delay;
    this.#timer = clock.setTimeout(() => {
      this.stop();
      this.#onEnd();
    }, delay);
  }
}
