import { eventsOf } from "./told.js";

const BROKEN = { code: 1006 };
const SOCKET_EVENTS = ["onopen", "onmessage", "onclose", "onerror"];

/** Commands and events over one WebSocket. */
export class WebSocketTransport {
  /** Who is told: opened(), received(events), heard() and closed({code, retryAfter}). */
  handlers = null;
  #url;
  #parts;
  #socket = null;

  /** @param {string} url ws: or wss: @param {object} parts WebSocket */
  constructor(url, parts) {
    this.#url = url;
    this.#parts = parts;
  }

  open() {
    const socket = this.#made();
    if (!socket) return;
    this.#socket = socket;
    socket.onopen = () => this.handlers.opened();
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = ({ code }) => this.handlers.closed({ code });
    socket.onerror = () => {};
  }

  send(command) {
    this.#socket.send(JSON.stringify(command));
  }

  /** A dead socket may take minutes to say `close`, so it is silenced before it is closed. */
  close() {
    const socket = this.#socket;
    this.#socket = this.handlers = null;
    if (!socket) return;
    for (const name of SOCKET_EVENTS) socket[name] = null;
    socket.close();
  }

  /** A browser that forbids a socket throws; for who waits it is like one that was refused. */
  #made() {
    try {
      return new this.#parts.WebSocket(this.#url);
    } catch {
      queueMicrotask(() => this.handlers?.closed(BROKEN));
      return null;
    }
  }

  /** Who says what a server does not say is somebody else. */
  #heard(data) {
    const events = eventsOf(data);
    if (events) return this.handlers.received(events);
    const { handlers } = this;
    this.close();
    handlers.closed(BROKEN);
  }
}
