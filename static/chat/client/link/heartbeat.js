import { elapsedSince } from "../base/timing.js";

const SILENT_BEATS = 2;
const REPLY_MS = 5_000;
// A message of 4,000 characters takes a while on a slow network.
const EXPECTED_MS = 15_000;

/**
 * Failure detector for a connection that died without a close: after two heartbeats of silence, or
 * sooner where a reply is expected, it sends a ping, and without a reply to that reports it dead.
 */
export class Heartbeat {
  #clock;
  #sendPing;
  #onDead;
  #timeout = Infinity;
  #receivedAt = 0;
  #pingedAt = null;
  #expectsReply = false;
  #timer = null;

  /** @param {{clock: object, sendPing: () => void, onDead: () => void}} parts */
  constructor({ clock, sendPing, onDead }) {
    this.#clock = clock;
    this.#sendPing = sendPing;
    this.#onDead = onDead;
  }

  /** @param {number} seconds the server's heartbeat */
  start(seconds) {
    this.#timeout = seconds * 1000 * SILENT_BEATS;
    this.noteTraffic();
    this.#arm(this.#timeout);
  }

  stop() {
    this.#timeout = Infinity;
    this.#pingedAt = null;
    this.#expectsReply = false;
    this.#clock.clearTimeout(this.#timer);
  }

  /** Milliseconds since anything was received. */
  get silence() {
    return elapsedSince(this.#receivedAt, this.#clock);
  }

  /** Notes that something was received. */
  noteTraffic() {
    this.#receivedAt = this.#clock.now();
    this.#pingedAt = null;
    this.#expectsReply = false;
  }

  /** Notes that a command was sent to which the server replies. */
  expectReply() {
    if (this.#timeout === Infinity || this.#pingedAt !== null || this.#expectsReply) return;
    this.#expectsReply = true;
    this.#arm(Math.min(EXPECTED_MS, this.#timeout - this.silence));
  }

  /** Sends a ping now: the computer woke, or its network changed. */
  probe() {
    if (this.#timeout === Infinity || this.#pingedAt !== null) return;
    this.#pingedAt = this.#clock.now();
    this.#sendPing();
    this.#arm(REPLY_MS);
  }

  #arm(delay) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#check(), delay);
  }

  #check() {
    const isPinged = this.#pingedAt !== null;
    if (isPinged && elapsedSince(this.#pingedAt, this.#clock) >= REPLY_MS) return this.#onDead();
    const left = this.#timeout - this.silence;
    if (left > 0 && !this.#expectsReply) this.#arm(left);
    else this.probe();
  }
}
