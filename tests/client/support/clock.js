/** A clock that stands still until `tick`. */
export class FakeClock {
  #now = Date.UTC(2030, 0, 1);
  #timers = new Map();
  #lastTimer = 0;

  now() {
    return this.#now;
  }

  setTimeout(callback, delay) {
    this.#lastTimer += 1;
    this.#timers.set(this.#lastTimer, { callback, at: this.#now + delay });
    return this.#lastTimer;
  }

  clearTimeout(timer) {
    this.#timers.delete(timer);
  }

  /** Advances by so many seconds, and fires each timer at its time. */
  tick(seconds) {
    const end = this.#now + seconds * 1000;
    for (let due = this.#next(end); due; due = this.#next(end)) {
      const [timer, { callback, at }] = due;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      callback();
    }
    this.#now = end;
  }

  /** Advances by so many seconds at once, and fires timers only then, as in a hidden tab. */
  skip(seconds) {
    this.#now += seconds * 1000;
    this.tick(0);
  }

  #next(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  }
}
