import { Heartbeat } from "../heartbeat.js";
import { FLOODING, REMOVED, SIGNED_OUT } from "../protocol.js";
import { Unanswered } from "./doors.js";
import { EventParser } from "./sse.js";
import { isEvent } from "./told.js";

// A server says something, or nothing in a comment, at least this often; in seconds.
const BEAT_S = 20;
const FIRST_EVENT_MS = 4_000;
const LATE_MS = 25_000;

// What a join is answered with.
const ANSWERS = ["joined", "error"];

// What an end means where an error was told before it.
const CLOSE_CODES = { unauthorized: SIGNED_OUT, forbidden: REMOVED, rate_limited: FLOODING };

/** One room followed by a stream of server-sent events, read as it comes. */
export class RoomStream {
  #room;
  #port;
  #parts;
  #stop = new AbortController();
  #heartbeat;
  #firstTimer = null;
  #error = null;

  /**
   * @param {string} room its slug
   * @param {object} port doors; received(events), heard(), ended(error), and silent() where the
   *   first event does not come
   * @param {object} parts clock
   */
  constructor(room, port, parts) {
    this.#room = room;
    this.#port = port;
    this.#parts = parts;
    this.#heartbeat = new Heartbeat({
      clock: parts.clock,
      ask: () => {},
      dead: () => this.#port.ended(new Unanswered()),
    });
  }

  /** True where the stream should have been heard since. */
  get isLate() {
    return this.#heartbeat.silence > LATE_MS;
  }

  /** Joins, and tells what happens until either side ends it. Throws what joining is refused with. */
  async start({ after, epoch }, id) {
    const { clock } = this.#parts;
    // What is only opening has been silent since it began, and not since ever.
    this.#heartbeat.heard();
    this.#firstTimer = clock.setTimeout(() => this.#port.silent(), FIRST_EVENT_MS);
    try {
      const path = `rooms/${encodeURIComponent(this.#room)}/events`;
      const { signal } = this.#stop;
      const { body } = await this.#port.doors.listen(path, { query: { after, epoch }, signal });
      this.#heartbeat.start(BEAT_S);
      this.#read(body, id).catch((error) => this.#port.ended(error));
    } catch (error) {
      clock.clearTimeout(this.#firstTimer);
      throw error;
    }
  }

  /** The room goes by another slug; the stream goes on. */
  moved() {}

  close() {
    this.#parts.clock.clearTimeout(this.#firstTimer);
    this.#heartbeat.stop();
    this.#stop.abort();
  }

  async #read(body, id) {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      // Cut off or ended: it is the same.
      const { value, done } = await reader.read().catch(() => ({ done: true }));
      if (this.#stop.signal.aborted) return;
      if (done) break;
      this.#heard(eventsIn(parser, decoder.decode(value, { stream: true })), id);
    }
    const { code, retry_after: retryAfter } = this.#error ?? {};
    this.#port.ended(new Unanswered(undefined, CLOSE_CODES[code], retryAfter));
  }

  /** The first `joined`, or error, answers the join; what is told to everybody may come before. */
  #heard(events, id) {
    this.#heartbeat.heard();
    this.#port.heard();
    if (events.length === 0) return;
    const answer = this.#firstTimer && events.find(({ type }) => ANSWERS.includes(type));
    if (answer) {
      this.#parts.clock.clearTimeout(this.#firstTimer);
      this.#firstTimer = null;
      answer.id = id;
    }
    this.#error = events.findLast(({ type }) => type === "error") ?? this.#error;
    this.#port.received(events);
  }
}

/** Events that a piece completes. Throws Unanswered where it comes from somebody else. */
function eventsIn(parser, text) {
  try {
    const events = parser.push(text);
    if (events.every(isEvent)) return events;
  } catch {
    // It is no JSON.
  }
  throw new Unanswered();
}
