import { elapsedSince } from "../../base/timing.js";

// Four requests a second in all: a person may make ten, and also sends and has other tabs.
const APART_MS = 250;
// Where rooms are polled in turn these come first, and the others have two a second.
const APART_BESIDE_TURNS_MS = 500;
// The server tells others that somebody left five seconds after their last request.
const PRESENT_MS = 4_000;
const SLOWEST = 4;
const ONE_REFUSAL_MS = 5_000;
const SLOW_MS = 60_000;

/** How far apart the polls of one client are, so that together they stay within its rate limit. */
export class Pace {
  #clock;
  #subscriptions;
  #factor = 1;
  #slowedAt = -Infinity;

  /**
   * @param {object} clock
   * @param {() => {inTurn?: boolean}[]} subscriptions returns all there are
   */
  constructor(clock, subscriptions) {
    this.#clock = clock;
    this.#subscriptions = subscriptions;
  }

  /** Milliseconds at least between two polls of a room with a connection of its own. */
  get own() {
    const { own, inTurn } = this.#counts;
    const apart = own * (inTurn > 0 ? APART_BESIDE_TURNS_MS : APART_MS);
    return Math.min(PRESENT_MS, apart * this.#slowness);
  }

  /** Milliseconds between two polls in turn; a round takes four seconds if possible. */
  get inTurn() {
    const share = PRESENT_MS / this.#counts.inTurn;
    return Math.max(APART_MS, Math.min(APART_BESIDE_TURNS_MS, share)) * this.#slowness;
  }

  /** Halves the rate for a minute: the server refused a poll by its rate limit. */
  slowDown() {
    // Polls that are made at the same time are refused at the same time, and count once.
    if (elapsedSince(this.#slowedAt, this.#clock) < ONE_REFUSAL_MS) return;
    this.#factor = Math.min(SLOWEST, this.#slowness * 2);
    this.#slowedAt = this.#clock.now();
  }

  get #slowness() {
    return elapsedSince(this.#slowedAt, this.#clock) < SLOW_MS ? this.#factor : 1;
  }

  get #counts() {
    const subscriptions = this.#subscriptions();
    const inTurn = subscriptions.filter((each) => each.inTurn).length;
    return { inTurn, own: subscriptions.length - inTurn };
  }
}
