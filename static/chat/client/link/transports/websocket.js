import { parseFrame } from "./parsing.js";

const BROKEN = { code: 1006 };
const SOCKET_EVENTS = ["onopen", "onmessage", "onclose", "onerror"];

/** Commands and events over one WebSocket. */
export class WebSocketTransport {
  /** onOpen(), onEvents(events), onTraffic() and onClose({code, retryAfter}) */
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
    const socket = this.#create();
    if (!socket) return;
    this.#socket = socket;
    socket.onopen = () => this.handlers.onOpen();
    socket.onmessage = ({ data }) => this.#receiveFrame(data);
    socket.onclose = ({ code }) => this.handlers.onClose({ code });
    socket.onerror = () => {};
  }

  transmitCommand(command) {
    this.#socket.send(JSON.stringify(command));
  }

  /** A dead socket may take minutes to report `close`, so its handlers are removed first. */
  close() {
    const socket = this.#socket;
    this.#socket = this.handlers = null;
    if (!socket) return;
    for (const name of SOCKET_EVENTS) socket[name] = null;
    socket.close();
  }

  /** A browser that forbids a socket throws; that is reported like one that was refused. */
  #create() {
    try {
      return new this.#parts.WebSocket(this.#url);
    } catch {
      queueMicrotask(() => this.handlers?.onClose(BROKEN));
      return null;
    }
  }

  /** Closes the socket where the frame is from something else than a chat server. */
  #receiveFrame(data) {
    const events = parseFrame(data);
    if (events) return this.handlers.onEvents(events);
    const { handlers } = this;
    this.close();
    handlers.onClose(BROKEN);
  }
}
