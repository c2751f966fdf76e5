/**
 * One order of sending within an outbox: one entry at a time, and none until `retryAt` where the
 * server asked to wait.
 */
export class Lane {
  #clock;
  #timer = null;
  /** The id of the entry that is on its way, or null. */
  sendingId = null;
  /** When the next try is, in ms of the clock, or null. */
  retryAt = null;
  /** Why it waits until then, or null. */
  reason = null;

  constructor(clock) {
    this.#clock = clock;
  }

  get isFree() {
    return this.sendingId === null && this.retryAt === null;
  }

  /** Holds up what follows for `delay` ms; then calls `onEnd`. */
  wait(delay, reason, onEnd) {
    this.endWait();
    this.retryAt = this.#clock.now() + delay;
    this.reason = reason;
    this.#timer = this.#clock.setTimeout(() => {
      this.endWait();
      onEnd();
    }, delay);
  }

  endWait() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.retryAt = this.reason = null;
  }
}
