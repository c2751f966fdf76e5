import { since } from "./elapsed.js";

const SILENT_BEATS = 2;
const ANSWER_MS = 5_000;

/**
 * Notices a link that died without saying so: silence of two heartbeats asks, and silence
 * after the question means dead.
 */
export class Heartbeat {
  #clock;
  #ask;
  #dead;
  #patience = Infinity;
  #heardAt = 0;
  #askedAt = null;
  #timer = null;

  /** @param {{clock: object, ask: () => void, dead: () => void}} parts */
  constructor({ clock, ask, dead }) {
    this.#clock = clock;
    this.#ask = ask;
    this.#dead = dead;
  }

  /** @param {number} seconds the server's heartbeat */
  start(seconds) {
    this.#patience = seconds * 1000 * SILENT_BEATS;
    this.heard();
    this.#arm(this.#patience);
  }

  stop() {
    this.#patience = Infinity;
    this.#askedAt = null;
    this.#clock.clearTimeout(this.#timer);
  }

  /** For how many milliseconds nothing was heard. */
  get silence() {
    return since(this.#heardAt, this.#clock);
  }

  heard() {
    this.#heardAt = this.#clock.now();
    this.#askedAt = null;
  }

  /** Asks now, without waiting for silence: the computer woke, or its network changed. */
  probe() {
    if (this.#patience === Infinity || this.#askedAt !== null) return;
    this.#askedAt = this.#clock.now();
    this.#ask();
    this.#arm(ANSWER_MS);
  }

  #arm(delay) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#check(), delay);
  }

  #check() {
    const isAsked = this.#askedAt !== null;
    if (isAsked && since(this.#askedAt, this.#clock) >= ANSWER_MS) return this.#dead();
    const left = this.#patience - this.silence;
    if (left > 0) this.#arm(left);
    else this.probe();
  }
}
