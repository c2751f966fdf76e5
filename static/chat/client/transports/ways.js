import { apiAt } from "../address.js";
import { keep, kept } from "../storage.js";
import { EventsTransport, PollTransport } from "./http.js";
import { WebSocketTransport } from "./websocket.js";

const KEY = "chat:transport";
const CUT_OFF = 1006;
const LASTS_MS = 30_000;
const CHANCES = 3;
const TRANSPORTS = {
  websocket: WebSocketTransport,
  events: EventsTransport,
  poll: PollTransport,
};

/** The ways to a server, and which of them this tab found to work: a reload need not try again. */
export class Ways {
  #url;
  #parts;
  #cuts = { websocket: 0, events: 0, poll: 0 };

  /**
   * @param {string} url that of the server's socket
   * @param {object} parts WebSocket, fetch, clock, csrfToken and storage
   */
  constructor(url, parts) {
    this.#url = url;
    this.#parts = parts;
  }

  /** Where the server is, in words of HTTP. */
  get url() {
    return apiAt(this.#url);
  }

  /** The way to try first. */
  get first() {
    const found = kept(this.#parts.storage.session, KEY);
    if (found === "poll" && this.canFallBack) return found;
    if (found === "events" && this.canFallBack) return this.plain;
    return this.hasSockets ? "websocket" : this.plain;
  }

  /** The way over plain HTTP to try. */
  get plain() {
    return this.isCut("events") ? "poll" : "events";
  }

  /** True where WebSockets exist at all. */
  get hasSockets() {
    return Boolean(this.#parts.WebSocket);
  }

  /** True where there are other ways than a WebSocket. */
  get canFallBack() {
    return Boolean(this.#parts.fetch);
  }

  /**
   * True for a way that opens, and is cut soon after, again and again: by somebody who lets no line
   * be for long.
   */
  isCut(way) {
    return this.#cuts[way] >= CHANCES;
  }

  /**
   * A connection this way ended with a code, so many milliseconds after it was opened. True where it
   * was cut soon, and not for long: the next is to come at once, as the way is soon another one.
   */
  ended(way, code, lasted) {
    if (lasted >= LASTS_MS) this.#cuts[way] = 0;
    else if (code === CUT_OFF) this.#cuts[way] += 1;
    return lasted < LASTS_MS && code === CUT_OFF && this.#cuts[way] <= CHANCES;
  }

  make(way) {
    return new TRANSPORTS[way](this.#url, this.#parts);
  }

  /** Something came this way. */
  remember(way) {
    const { session } = this.#parts.storage;
    if (way === "websocket") session.removeItem(KEY);
    else if (kept(session, KEY) !== way) keep(session, KEY, way);
  }

  /** The way that was found before leads nowhere now. */
  forget() {
    this.#parts.storage.session.removeItem(KEY);
  }
}
