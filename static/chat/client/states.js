const MOVES = {
  stopped: ["connecting"],
  connecting: ["open", "waiting", "stopped"],
  open: ["open", "waiting", "stopped"],
  waiting: ["connecting", "stopped"],
};

/**
 * Where a connection stands: `connecting`, `open` (with `transport`: "websocket", or where that
 * cannot be had "events" or "poll"), `waiting` (with the `reason`, `retryAt`, and `patient` when
 * the server asked not to come sooner) or `stopped` (with `code` and `reason`).
 */
export class ConnectionState {
  #current = Object.freeze({ name: "stopped", code: null, reason: "Not started." });
  #changed;

  constructor(changed = () => {}) {
    this.#changed = changed;
  }

  get current() {
    return this.#current;
  }

  is(name) {
    return this.#current.name === name;
  }

  /** Moves on. Throws an Error when no such move exists: that is a bug, never a condition. */
  move(name, details = {}) {
    if (!MOVES[this.#current.name].includes(name)) {
      throw new Error(`A connection cannot go from ${this.#current.name} to ${name}.`);
    }
    this.#current = Object.freeze({ name, ...details });
    this.#changed(this.#current);
  }
}
