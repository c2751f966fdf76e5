const MOVES = {
  stopped: ["connecting"],
  connecting: ["open", "waiting", "stopped"],
  open: ["open", "waiting", "stopped"],
  waiting: ["connecting", "stopped"],
};

/**
 * The state of a connection: `connecting`, `open` (with `transport`: "websocket", or where that is
 * not available "events" or "poll"), `waiting` (with the `reason`, `retryAt`, and `patient` when
 * the server asked for the wait) or `stopped` (with `code` and `reason`).
 */
export class ConnectionState {
  #current = Object.freeze({ name: "stopped", code: null, reason: "Not started." });
  #onChange;

  constructor(onChange = () => {}) {
    this.#onChange = onChange;
  }

  get current() {
    return this.#current;
  }

  is(name) {
    return this.#current.name === name;
  }

  /** Changes the state. Throws an Error for a move that does not exist, which is always a bug. */
  move(name, details = {}) {
    if (!MOVES[this.#current.name].includes(name)) {
      throw new Error(`A connection cannot go from ${this.#current.name} to ${name}.`);
    }
    this.#current = Object.freeze({ name, ...details });
    this.#onChange(this.#current);
  }
}
