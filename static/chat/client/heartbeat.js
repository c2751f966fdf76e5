import { since } from "./elapsed.js";

const SILENT_BEATS = 2;
const ANSWER_MS = 5_000;
// A message of 4,000 characters takes its time where the network is slow.
const EXPECTED_MS = 15_000;

/**
 * Notices a link that died without saying so: silence of two heartbeats asks, or a shorter one
 * where an answer is expected, and silence after the question means dead.
 */
export class Heartbeat {
  #clock;
  #ask;
  #dead;
  #patience = Infinity;
  #heardAt = 0;
  #askedAt = null;
  #expects = false;
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
    this.#expects = false;
    this.#clock.clearTimeout(this.#timer);
  }

  /** For how many milliseconds nothing was heard. */
  get silence() {
    return since(this.#heardAt, this.#clock);
  }

  heard() {
    this.#heardAt = this.#clock.now();
    this.#askedAt = null;
    this.#expects = false;
  }

  /** Something was said that a server answers. */
  expect() {
    if (this.#patience === Infinity || this.#askedAt !== null || this.#expects) return;
    this.#expects = true;
    this.#arm(Math.min(EXPECTED_MS, this.#patience - this.silence));
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
    if (left > 0 && !this.#expects) this.#arm(left);
    else this.probe();
  }
}
