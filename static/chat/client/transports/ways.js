import { keep, kept } from "../storage.js";
import { EventsTransport, PollTransport } from "./http.js";
import { WebSocketTransport } from "./websocket.js";

const KEY = "chat:transport";
const TRANSPORTS = {
  websocket: WebSocketTransport,
  events: EventsTransport,
  poll: PollTransport,
};

/** The ways to a server, and which of them this tab found to work: a reload need not try again. */
export class Ways {
  #url;
  #parts;

  /**
   * @param {string} url that of the server's socket
   * @param {object} parts WebSocket, fetch, clock, csrfToken and storage
   */
  constructor(url, parts) {
    this.#url = url;
    this.#parts = parts;
  }

  /** The way to try first. */
  get first() {
    const found = kept(this.#parts.storage.session, KEY);
    if (found !== "websocket" && found in TRANSPORTS && this.canFallBack) return found;
    return this.hasSockets ? "websocket" : "events";
  }

  /** True where WebSockets exist at all. */
  get hasSockets() {
    return Boolean(this.#parts.WebSocket);
  }

  /** True where there are other ways than a WebSocket. */
  get canFallBack() {
    return Boolean(this.#parts.fetch);
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
