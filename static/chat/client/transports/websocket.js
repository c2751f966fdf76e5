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
    const socket = new this.#parts.WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.handlers.opened();
    socket.onmessage = ({ data }) => this.handlers.received(JSON.parse(data));
    socket.onclose = ({ code }) => this.handlers.closed({ code });
    socket.onerror = () => {};
  }

  send(command) {
    this.#socket.send(JSON.stringify(command));
  }

  /** A dead socket may take minutes to say `close`, so it is silenced before it is closed. */
  close() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    for (const name of SOCKET_EVENTS) socket[name] = null;
    socket.close();
  }
}
