import { elapsedSince } from "../../base/timing.js";
import { ConnectionCut, NoResponse, Refusal } from "./endpoints.js";
import { PolledRoom } from "./polledroom.js";

const WAIT_S = 25;
const SHORTEST_S = 1;
const FAILURES_AT_MOST = 2;
const TIMEOUT_S = 10;
const RETRY_MS = 2_000;
// Refusals after which one is no longer in the room, and the reason as far as it is known.
const GONE = new Map([
  ["not_found", undefined],
  ["password_required", "password"],
]);
const LATE_MS = (WAIT_S + 5) * 1000;

/** A subscription to one room by long polls, each for as long as nothing happens. */
export class RoomPoll {
  #slug;
  #port;
  #parts;
  #room = null;
  #wait = WAIT_S;
  #failures = 0;
  #sentAt = null;
  #stop = new AbortController();

  /**
   * @param {string} slug
   * @param {object} port endpoints and pace; onRoomEvents(events), onTraffic(), onEnded(error) and
   *   onGone(reason)
   * @param {object} parts clock
   */
  constructor(slug, port, parts) {
    this.#slug = slug;
    this.#port = port;
    this.#parts = parts;
  }

  /** True where the poll under way should have its response by now. */
  get isLate() {
    return this.#sentAt !== null && elapsedSince(this.#sentAt, this.#parts.clock) > LATE_MS;
  }

  /** Joins, and polls until `close`. Throws the refusal of the join. */
  async start(cursor, id) {
    await this.join(cursor, id);
    this.#pollOn();
  }

  /** Joins, with events that reply to the command `id`; the caller goes on with `poll`. */
  async join(cursor, id) {
    const response = await this.#fetchEvents({ ...cursor, wait: 0 });
    const room = new PolledRoom(this.#slug);
    const events = parsed(() => [room.joinedEvent(response), ...room.otherEvents(response)]);
    this.#room = room;
    events[0].id = id;
    this.#receivePolled(events);
  }

  /** Polls once: for what is new, as soon as there is something or after `wait` seconds. */
  async poll(wait) {
    const response = await this.#fetchEvents({ ...this.#room.cursor, wait });
    this.#failures = 0;
    this.#receivePolled(parsed(() => this.#room.eventsOf(response)));
  }

  /** Notes that the room has another slug. */
  setSlug(slug) {
    this.#slug = slug;
  }

  close() {
    this.#stop.abort();
  }

  get isClosed() {
    return this.#stop.signal.aborted;
  }

  /**
   * Handles the error of a poll that failed after `duration` milliseconds; resolves when the next
   * one may be made.
   */
  async recover(error, duration = 0) {
    if (this.isClosed) return;
    if (!(error instanceof Refusal)) return this.#tolerate(error, duration);
    if (GONE.has(error.code)) return this.#port.onGone(GONE.get(error.code));
    if (!error.isTemporary) return this.#port.onEnded(error);
    this.#port.pace.slowDown();
    const delay = error.retryAfter ? error.retryAfter * 1000 : RETRY_MS;
    await this.#pause(delay);
  }

  /**
   * Tolerates one failed poll, since a proxy may cut what waits for long; the next waits for a
   * shorter time. A second one in a row ends the connection.
   */
  #tolerate(error, duration) {
    this.#failures += 1;
    const isLong = duration >= SHORTEST_S * 1000;
    const mayPass = (isLong || error instanceof ConnectionCut) && duration < this.#wait * 1000;
    if (this.#failures >= FAILURES_AT_MOST || !mayPass) return this.#port.onEnded(error);
    if (isLong) this.#wait = Math.max(SHORTEST_S, Math.floor(duration / 2000));
  }

  /** Waits, at most until `close`. */
  #pause(delay) {
    const { clock } = this.#parts;
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(done, delay);
      function done() {
        clock.clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done);
    });
  }

  async #pollOn() {
    const { clock } = this.#parts;
    while (!this.isClosed) {
      const sentAt = clock.now();
      const duration = () => elapsedSince(sentAt, clock);
      await this.poll(this.#wait).catch((error) => this.recover(error, duration()));
      // In a busy room every poll would have its response at once.
      const early = this.#port.pace.own - duration();
      if (early > 0) await this.#pause(early);
    }
  }

  async #fetchEvents(query) {
    const path = `rooms/${encodeURIComponent(this.#slug)}/events`;
    const seconds = query.wait + TIMEOUT_S;
    const stop = this.#stop.signal;
    this.#sentAt = this.#parts.clock.now();
    try {
      return await this.#port.endpoints.fetchJson(path, "events", { query, seconds, stop });
    } finally {
      this.#sentAt = null;
    }
  }

  #receivePolled(events) {
    if (this.isClosed) return;
    this.#port.onTraffic();
    if (events.length > 0) this.#port.onRoomEvents(events);
  }
}

/** Calls `parse`, and throws NoResponse where the response is not one of a chat server. */
function parsed(parse) {
  try {
    return parse();
  } catch {
    throw new NoResponse();
  }
}
