import { apiAt } from "../../base/address.js";
import { loadItem, storeItem } from "../../base/storage.js";
import { EventsTransport, PollTransport } from "./http.js";
import { WebSocketTransport } from "./websocket.js";

const KEY = "chat:transport";
const CUT_OFF = 1006;
const STEADY_MS = 30_000;
const CUTS_AT_MOST = 3;
const TRANSPORTS = {
  websocket: WebSocketTransport,
  events: EventsTransport,
  poll: PollTransport,
};

/**
 * Which kind of transport to use, `websocket`, `events` or `poll`; and which of them worked in this
 * tab, so that a reload need not try them all again.
 */
export class TransportChoice {
  #url;
  #parts;
  #trustsWebSocket = false;
  #cuts = { websocket: 0, events: 0, poll: 0 };

  /**
   * @param {string} url of the server's WebSocket
   * @param {object} parts WebSocket, fetch, clock, csrfToken and storage
   */
  constructor(url, parts) {
    this.#url = url;
    this.#parts = parts;
  }

  /** The server's address in HTTP. */
  get url() {
    return apiAt(this.#url);
  }

  /** The kind to try first. */
  get first() {
    const worked = loadItem(this.#parts.storage.session, KEY);
    if (worked === "poll" && this.canFallBack) return worked;
    if (worked === "events" && this.canFallBack) return this.fallback;
    return this.hasWebSocket ? "websocket" : this.fallback;
  }

  /** The kind to try over plain HTTP. */
  get fallback() {
    return this.isCut("events") ? "poll" : "events";
  }

  get hasWebSocket() {
    return Boolean(this.#parts.WebSocket);
  }

  /**
   * Returns true where a WebSocket has worked in this page. One that fails then is likely to work
   * again in a moment: a restarting server's proxy refuses it as a network does that forbids it.
   */
  get trustsWebSocket() {
    return this.#trustsWebSocket && !this.isCut("websocket");
  }

  get canFallBack() {
    return Boolean(this.#parts.fetch);
  }

  /**
   * Returns true for a kind that opened and was cut soon after, three times in a row: a proxy lets
   * no connection last.
   */
  isCut(kind) {
    return this.#cuts[kind] >= CUTS_AT_MOST;
  }

  /**
   * Notes that a connection was closed with a code, `duration` milliseconds after it opened.
   * Returns true where it was cut early, up to the third time in a row: the next attempt need not
   * wait, as another kind is used soon.
   */
  noteClose(kind, code, duration) {
    if (duration >= STEADY_MS) this.#cuts[kind] = 0;
    else if (code === CUT_OFF) this.#cuts[kind] += 1;
    return duration < STEADY_MS && code === CUT_OFF && this.#cuts[kind] <= CUTS_AT_MOST;
  }

  create(kind) {
    return new TRANSPORTS[kind](this.#url, this.#parts);
  }

  /** Notes for the next page that this kind works. */
  remember(kind) {
    const { session } = this.#parts.storage;
    if (kind === "websocket") this.#trustsWebSocket = true;
    if (kind === "websocket") session.removeItem(KEY);
    else if (loadItem(session, KEY) !== kind) storeItem(session, KEY, kind);
  }

  /** Notes that WebSockets do not work any more. */
  distrustWebSocket() {
    this.#trustsWebSocket = false;
  }

  /** Forgets the kind that worked before: it does not any more. */
  forget() {
    this.#parts.storage.session.removeItem(KEY);
  }
}
