import { FLOODING, REMOVED, SIGNED_OUT } from "../../base/protocol.js";
import { Heartbeat } from "../heartbeat.js";
import { NoResponse } from "./endpoints.js";
import { EventStreamParser, isEvent } from "./parsing.js";

// The server sends an event, or an empty comment, at least this often; in seconds.
const HEARTBEAT_S = 20;
const FIRST_EVENT_MS = 4_000;
const LATE_MS = 25_000;

// The events that reply to a join.
const REPLIES = ["joined", "error"];

// What the end of a stream means after an error event.
const CLOSE_CODES = { unauthorized: SIGNED_OUT, forbidden: REMOVED, rate_limited: FLOODING };

/** A subscription to one room by a stream of server-sent events. */
export class RoomStream {
  #slug;
  #port;
  #parts;
  #stop = new AbortController();
  #heartbeat;
  #firstTimer = null;
  #error = null;

  /**
   * @param {string} slug
   * @param {object} port endpoints; onRoomEvents(events), onTraffic(), onEnded(error), and
   *   onSilent() where the first event is not received in time
   * @param {object} parts clock
   */
  constructor(slug, port, parts) {
    this.#slug = slug;
    this.#port = port;
    this.#parts = parts;
    this.#heartbeat = new Heartbeat({
      clock: parts.clock,
      sendPing: () => {},
      onDead: () => this.#port.onEnded(new NoResponse()),
    });
  }

  /** True where something should have been received by now. */
  get isLate() {
    return this.#heartbeat.silence > LATE_MS;
  }

  /** Joins, and reads events until either side ends it. Throws the refusal of the join. */
  async start({ after, epoch }, id) {
    const { clock } = this.#parts;
    // While it opens, silence counts from its beginning, and not from the year 1970.
    this.#heartbeat.noteTraffic();
    this.#firstTimer = clock.setTimeout(() => this.#port.onSilent(), FIRST_EVENT_MS);
    try {
      const path = `rooms/${encodeURIComponent(this.#slug)}/events`;
      const { signal } = this.#stop;
      const options = { query: { after, epoch }, signal };
      const { body } = await this.#port.endpoints.fetchStream(path, options);
      this.#heartbeat.start(HEARTBEAT_S);
      this.#read(body, id).catch((error) => this.#port.onEnded(error));
    } catch (error) {
      clock.clearTimeout(this.#firstTimer);
      throw error;
    }
  }

  /** A stream goes on where its room has another slug. */
  setSlug() {}

  close() {
    this.#parts.clock.clearTimeout(this.#firstTimer);
    this.#heartbeat.stop();
    this.#stop.abort();
  }

  async #read(body, id) {
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      // A stream that is cut counts as one that ended.
      const { value, done } = await reader.read().catch(() => ({ done: true }));
      if (this.#stop.signal.aborted) return;
      if (done) break;
      this.#receiveStreamed(parseChunk(parser, decoder.decode(value, { stream: true })), id);
    }
    const { code, message, retry_after: retryAfter } = this.#error ?? {};
    const closeCode = CLOSE_CODES[code];
    const reason = closeCode ? message : undefined;
    this.#port.onEnded(new NoResponse(reason, closeCode, retryAfter));
  }

  /** Makes the first `joined`, or error, the reply to the join; other events may come before it. */
  #receiveStreamed(events, id) {
    this.#heartbeat.noteTraffic();
    this.#port.onTraffic();
    if (events.length === 0) return;
    const reply = this.#firstTimer && events.find(({ type }) => REPLIES.includes(type));
    if (reply) {
      this.#parts.clock.clearTimeout(this.#firstTimer);
      this.#firstTimer = null;
      reply.id = id;
    }
    this.#error = events.findLast(({ type }) => type === "error") ?? this.#error;
    this.#port.onRoomEvents(events);
  }
}

/** Returns the events that a chunk completes. Throws NoResponse where a chat did not send it. */
function parseChunk(parser, text) {
  try {
    const events = parser.push(text);
    if (events.every(isEvent)) return events;
  } catch {
    // It is no JSON.
  }
  throw new NoResponse();
}
