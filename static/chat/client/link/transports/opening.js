import { noResponseMessage } from "./endpoints.js";

const TIMEOUT_MS = 10_000;
// Shorter where there is a fallback: a proxy may swallow the request for a WebSocket.
const WEBSOCKET_TIMEOUT_MS = 4_000;
const CUT_OFF = 1006;

/**
 * Opens one connection, by a WebSocket where that is possible and by plain HTTP where it is not.
 *
 * A WebSocket that fails says little. Only where the server responds over HTTP is it the WebSocket
 * that is refused, and not the server that is down; and as the server may have come up just then,
 * a WebSocket is tried once more.
 */
export class Opening {
  #choice;
  #clock;
  #port;
  #transport = null;
  #spare = null;
  #timer = null;
  #skipsWebSocket = false;

  /**
   * @param {TransportChoice} choice
   * @param {object} clock
   * @param {object} port onOpened(transport, kind) and onFailed({code, reason, retryAfter})
   */
  constructor(choice, clock, port) {
    this.#choice = choice;
    this.#clock = clock;
    this.#port = port;
  }

  /** Tries the first kind of transport, and then its fallback. */
  start() {
    const { first, canFallBack } = this.#choice;
    const skipsWebSocket = this.#skipsWebSocket;
    this.#skipsWebSocket = false;
    if (skipsWebSocket && canFallBack) this.#fallBack(this.#timedOut);
    else if (first !== "websocket") this.#try(first, TIMEOUT_MS, (end) => this.#forget(end));
    else if (canFallBack) this.#try(first, WEBSOCKET_TIMEOUT_MS, (end) => this.#fallBack(end));
    else this.#try(first, TIMEOUT_MS, (end) => this.#port.onFailed(this.#withReason(end)));
  }

  /** Makes the next attempt begin with HTTP: a WebSocket opened, and was of no use. */
  skipWebSocketOnce() {
    this.#skipsWebSocket = true;
  }

  cancel() {
    this.#clock.clearTimeout(this.#timer);
    this.#transport?.close();
    this.#spare?.close();
    this.#transport = this.#spare = null;
  }

  /** Fails, and forgets the kind that worked before: it does not work here. */
  #forget(end) {
    this.#choice.forget();
    this.#port.onFailed(end);
  }

  #fallBack(end) {
    const { fallback } = this.#choice;
    const onOpen = () => {
      if (end.isTimeout) return this.#settle(fallback);
      this.#spare = this.#transport;
      this.#try("websocket", WEBSOCKET_TIMEOUT_MS, () => this.#useSpare(fallback));
    };
    this.#try(fallback, TIMEOUT_MS, this.#port.onFailed, onOpen);
  }

  #useSpare(kind) {
    this.#transport = this.#spare;
    this.#spare = null;
    this.#settle(kind);
  }

  #settle(kind) {
    const transport = this.#transport;
    this.#transport = this.#spare = null;
    this.#port.onOpened(transport, kind);
  }

  #try(kind, timeout, onFailed, onOpen = () => this.#settle(kind)) {
    const transport = this.#choice.create(kind);
    const fail = (end) => {
      this.#clock.clearTimeout(this.#timer);
      transport.close();
      onFailed(end);
    };
    transport.handlers = {
      onOpen: () => {
        this.#clock.clearTimeout(this.#timer);
        onOpen();
      },
      onClose: fail,
    };
    this.#transport = transport;
    this.#timer = this.#clock.setTimeout(() => fail(this.#timedOut), timeout);
    transport.open();
  }

  get #timedOut() {
    return this.#withReason({ code: CUT_OFF, isTimeout: true });
  }

  /** Adds the reason that a browser does not give for a socket that did not open. */
  #withReason(end) {
    return { ...end, reason: noResponseMessage(this.#choice.url) };
  }
}
