import { since } from "../elapsed.js";

// Four questions a second in all: a person may have ten, and also says something and has tabs.
const APART_MS = 250;
// Where rooms are asked in turn these come first, and lines of their own have two a second.
const APART_BESIDE_TURNS_MS = 500;
// A server tells others five seconds after somebody's last question that they left.
const PRESENT_MS = 4_000;
const SLOWEST = 4;
const ONE_REFUSAL_MS = 5_000;
const SLOW_MS = 60_000;

/** How seldom the lines of one client ask, so that together they stay within what it may. */
export class Pace {
  #clock;
  #lines;
  #factor = 1;
  #slowedAt = -Infinity;

  /**
   * @param {object} clock
   * @param {() => {inTurn?: boolean}[]} lines gives those there are
   */
  constructor(clock, lines) {
    this.#clock = clock;
    this.#lines = lines;
  }

  /** Milliseconds from one question of a line of a room's own to its next, at least. */
  get own() {
    const { own, inTurn } = this.#counts;
    const apart = own * (inTurn > 0 ? APART_BESIDE_TURNS_MS : APART_MS);
    return Math.min(PRESENT_MS, apart * this.#slowness);
  }

  /** Milliseconds from one question in turn to the next; a round takes four seconds if it can. */
  get inTurn() {
    const share = PRESENT_MS / this.#counts.inTurn;
    return Math.max(APART_MS, Math.min(APART_BESIDE_TURNS_MS, share)) * this.#slowness;
  }

  /** The server refused a question as one too many: for a minute, half as many are asked. */
  slower() {
    // Lines that ask at the same time are refused at the same time.
    if (since(this.#slowedAt, this.#clock) < ONE_REFUSAL_MS) return;
    this.#factor = Math.min(SLOWEST, this.#slowness * 2);
    this.#slowedAt = this.#clock.now();
  }

  get #slowness() {
    return since(this.#slowedAt, this.#clock) < SLOW_MS ? this.#factor : 1;
  }

  get #counts() {
    const lines = this.#lines();
    const inTurn = lines.filter((line) => line.inTurn).length;
    return { inTurn, own: lines.length - inTurn };
  }
}
