import { since } from "../elapsed.js";

const PATIENCE_MS = 4_000;
const FIRST_MS = 60_000;
const LONGEST_MS = 600_000;
const HURRIED_MS = 10_000;

/**
 * Looks, while one is connected, for another way to the server: opened beside the one that is
 * used, so that it can be taken over to without a gap.
 */
export class Change {
  #ways;
  #clock;
  #opened;
  #transport = null;
  #openingTimer = null;
  #timer = null;
  #delay = FIRST_MS;
  #triedAt = -Infinity;

  /**
   * @param {Ways} ways
   * @param {object} clock
   * @param {Function} opened is told (transport, way)
   */
  constructor(ways, clock, opened) {
    this.#ways = ways;
    this.#clock = clock;
    this.#opened = opened;
  }

  /** Tries this way now; `failed()` where it leads nowhere. */
  to(way, failed = () => {}) {
    this.stop();
    const transport = this.#ways.make(way);
    const over = () => {
      this.stop();
      failed();
    };
    transport.handlers = { opened: () => this.#take(transport, way), closed: over };
    this.#transport = transport;
    this.#openingTimer = this.#clock.setTimeout(over, PATIENCE_MS);
    transport.open();
  }

  /** Tries a WebSocket after a minute, and more and more seldom. */
  upgradeLater() {
    if (!this.#ways.hasSockets) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#upgrade(), this.#delay);
  }

  /** Tries a WebSocket now: the network may be another one. */
  hurry() {
    if (!this.#ways.hasSockets) return;
    if (since(this.#triedAt, this.#clock) >= HURRIED_MS) this.#upgrade();
  }

  /** What was found was no better: the next try is later. */
  discourage() {
    this.#delay = Math.min(LONGEST_MS, this.#delay * 2);
  }

  /** A WebSocket works: the next time that one does not, it is tried soon again. */
  reset() {
    this.#delay = FIRST_MS;
  }

  /** Looks no further. */
  stop() {
    this.#clock.clearTimeout(this.#timer);
    this.#clock.clearTimeout(this.#openingTimer);
    this.#transport?.close();
    this.#transport = null;
  }

  #upgrade() {
    if (this.#transport) return;
    this.#triedAt = this.#clock.now();
    this.to("websocket", () => {
      this.discourage();
      this.upgradeLater();
    });
  }

  #take(transport, way) {
    this.#transport = null;
    this.stop();
    this.#opened(transport, way);
  }
}
