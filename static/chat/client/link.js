import { backoffDelay } from "./backoff.js";
import { afterClose } from "./closes.js";
import { Heartbeat } from "./heartbeat.js";
import { ConnectionState } from "./states.js";

const OPENING_MS = 10_000;
const STEADY_MS = 5_000;
const SOCKET_EVENTS = ["onopen", "onmessage", "onclose", "onerror"];

/**
 * One lasting connection made of many sockets: comes back by itself, and says so through
 * `changed(state)`, `opened()`, `received(event)` and `closed()`.
 */
export class Link {
  #url;
  #parts;
  #handlers;
  #state;
  #heartbeat;
  #socket = null;
  #timer = null;
  #attempt = 0;
  #openedAt = null;
  #retryAfter = 0;
  #unlisten = () => {};

  /**
   * @param {string} url ws: or wss:
   * @param {object} parts WebSocket, clock, random and signals
   * @param {object} handlers changed, opened, received and closed
   */
  constructor(url, parts, handlers) {
    this.#url = url;
    this.#parts = parts;
    this.#handlers = handlers;
    this.#state = new ConnectionState(handlers.changed);
    this.#heartbeat = new Heartbeat({
      clock: parts.clock,
      ask: () => this.send({ type: "ping" }),
      dead: () => this.drop(),
    });
  }

  get state() {
    return this.#state.current;
  }

  start() {
    this.#unlisten = this.#parts.signals({ wake: () => this.wake(), doubt: () => this.#doubt() });
    this.#attempt = 0;
    this.#connect();
  }

  /** Ends for good, or until `start` is called again. */
  stop(code, reason) {
    if (this.#state.is("stopped")) return;
    this.#release();
    this.#unlisten();
    this.#state.move("stopped", { code, reason });
    this.#handlers.closed();
  }

  /** Gives the socket up as dead and comes back, after `atLeast` milliseconds if given. */
  drop(atLeast = 0) {
    this.#release();
    this.#wait(atLeast);
  }

  /** Tries at once when waiting, and asks for a sign of life when open. */
  wake() {
    const { name, patient } = this.#state.current;
    if (name === "waiting" && !patient) this.#connect();
    else this.#doubt();
  }

  /** Sends a command; false when there is no open socket to send it on. */
  send(command) {
    if (!this.#state.is("open")) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  /** The server will be heard from every `seconds`. */
  expectHeartbeat(seconds) {
    this.#heartbeat.start(seconds);
  }

  #doubt() {
    if (this.#state.is("open")) this.#heartbeat.probe();
  }

  #connect() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#state.move("connecting");
    const socket = new this.#parts.WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = ({ code }) => this.#closed(code);
    socket.onerror = () => {};
    this.#timer = this.#parts.clock.setTimeout(() => this.drop(), OPENING_MS);
  }

  #opened() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#openedAt = this.#parts.clock.now();
    this.#retryAfter = 0;
    this.#state.move("open");
    this.#handlers.opened();
  }

  #heard(data) {
    const socket = this.#socket;
    this.#heartbeat.heard();
    for (const event of JSON.parse(data)) {
      if (event.type === "error") this.#retryAfter = event.retry_after ?? 0;
      this.#handlers.received(event);
      if (this.#socket !== socket) return;
    }
  }

  #closed(code) {
    const { stop, reason, atLeast } = afterClose(code, this.#retryAfter);
    if (stop) return this.stop(code, reason);
    this.#release();
    this.#wait(atLeast);
  }

  #wait(atLeast) {
    const { clock, random } = this.#parts;
    if (this.#openedAt !== null && clock.now() - this.#openedAt >= STEADY_MS) this.#attempt = 0;
    this.#openedAt = null;
    const delay = atLeast + backoffDelay(this.#attempt++, random);
    this.#timer = clock.setTimeout(() => this.#connect(), delay);
    this.#state.move("waiting", { retryAt: clock.now() + delay, patient: atLeast > 0 });
    this.#handlers.closed();
  }

  /** A dead socket may take minutes to say `close`, so it is silenced before it is closed. */
  #release() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#heartbeat.stop();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    for (const name of SOCKET_EVENTS) socket[name] = null;
    socket.close();
  }
}
