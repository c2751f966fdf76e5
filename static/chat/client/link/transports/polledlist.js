import { Refusal } from "./endpoints.js";

const APART_MS = 4_000;

/** The list of one's own rooms over HTTP: polled, and compared with what was delivered. */
export class PolledList {
  #endpoints;
  #clock;
  #deliver;
  #known = new Map();
  #timer = null;
  #isClosed = false;

  /**
   * @param {object} endpoints
   * @param {object} clock
   * @param {(event: object) => void} deliver takes the events that a socket would receive
   */
  constructor(endpoints, clock, deliver) {
    this.#endpoints = endpoints;
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** Delivers the list as the reply to the command with this id, then what changes in it. */
  async start(id) {
    const { rooms } = await this.#endpoints.fetchJson("me/rooms", "rooms");
    this.#note(rooms);
    this.#deliver({ type: "rooms", id, rooms });
    this.#schedule();
  }

  /** Looks now: something happened. */
  hurry() {
    if (this.#timer !== null) this.#schedule(0);
  }

  close() {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
  }

  #schedule(delay = APART_MS) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#isClosed ? null : this.#clock.setTimeout(() => this.#poll(), delay);
  }

  async #poll() {
    this.#timer = null;
    let pause = APART_MS;
    try {
      const { rooms } = await this.#endpoints.fetchJson("me/rooms", "rooms");
      const changed = rooms.filter((entry) => this.#known.get(entry.room.id) !== textOf(entry));
      const ids = new Set(rooms.map(({ room }) => room.id));
      const gone = [...this.#known.keys()].filter((id) => !ids.has(id));
      this.#note(rooms);
      if (changed.length > 0 || gone.length > 0) {
        this.#deliver({ type: "rooms", rooms: changed, gone });
      }
    } catch (error) {
      // Whether the server is there is for the others to find out: the list can wait.
      if (error instanceof Refusal && error.retryAfter) pause = error.retryAfter * 1000;
    }
    this.#schedule(pause);
  }

  #note(rooms) {
    this.#known = new Map(rooms.map((entry) => [entry.room.id, textOf(entry)]));
  }
}

/** Edits and reactions alone are no news for a list. */
function textOf({ room, ...rest }) {
  return JSON.stringify([{ ...room, version: 0 }, rest]);
}
