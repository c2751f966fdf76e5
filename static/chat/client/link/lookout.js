import { requestOrigin } from "../base/origin.js";
import { elapsedSince } from "../base/timing.js";

const BETWEEN_MS = { shortest: 1_500, longest: 2_500 };
const TIMEOUT_MS = 2_500;
// So that a thousand clients that noticed the server's return do not connect in one moment.
const SPREAD_MS = 1_500;
// A restart or an update is over by then. A page that nobody sees leaves the battery alone.
const HIDDEN_FOR_MS = 60_000;
const BRISK_FOR_MS = 600_000;
const SLOWER = 5;

/**
 * Notices within seconds that a server is back while the next attempt to connect may be half a
 * minute away: asks it over HTTP, which costs far less than an attempt.
 */
export class Lookout {
  #api;
  #parts;
  #onReturn;
  #timer = null;
  #lostAt = null;
  #wasBack = false;
  #round = null;

  /**
   * @param {string} api the base address of the HTTP API
   * @param {object} parts fetch, clock, random and pageState
   * @param {(delay: number) => void} onReturn is told in how many ms to connect
   */
  constructor(api, parts, onReturn) {
    this.#api = api;
    this.#parts = parts;
    this.#onReturn = onReturn;
  }

  /** Asks now and then until the server answers, or until `stop`. */
  start() {
    this.stop();
    this.#lostAt ??= this.#parts.clock.now();
    if (!this.#parts.fetch) return;
    this.#round = Symbol("round");
    this.#schedule();
  }

  stop() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#round = null;
  }

  /** Begins anew with the next loss: the connection is up. */
  reset() {
    this.stop();
    this.#lostAt = null;
    this.#wasBack = false;
  }

  #schedule() {
    const { clock, random } = this.#parts;
    const { shortest, longest } = BETWEEN_MS;
    const delay = shortest + random() * (longest - shortest);
    this.#timer = clock.setTimeout(() => this.#ask(), delay * (this.#isBrisk ? 1 : SLOWER));
  }

  get #isBrisk() {
    return elapsedSince(this.#lostAt, this.#parts.clock) < BRISK_FOR_MS;
  }

  /** Without a network, or unseen for long: the signals of the page connect when that is over. */
  get #isIdle() {
    const { isOnline, isHidden } = this.#parts.pageState();
    const lost = elapsedSince(this.#lostAt, this.#parts.clock);
    return !isOnline || (isHidden && lost > HIDDEN_FOR_MS);
  }

  async #ask() {
    if (this.#isIdle) return this.stop();
    const round = this.#round;
    const isThere = await this.#isServerThere();
    if (round !== this.#round) return;
    if (!isThere) {
      this.#wasBack = false;
      return this.#schedule();
    }
    // A server that answers here and lets nobody connect is left to the backoff.
    if (!this.#wasBack) this.#onReturn(this.#parts.random() * SPREAD_MS);
    this.#wasBack = true;
    this.stop();
  }

  /** Returns false for a proxy's error page too. */
  async #isServerThere() {
    try {
      const { allowed, error } = await requestOrigin(this.#parts, this.#api, TIMEOUT_MS);
      return typeof allowed === "boolean" || error?.code === "rate_limited";
    } catch {
      return false;
    }
  }
}
