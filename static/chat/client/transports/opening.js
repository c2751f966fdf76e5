import { nobody } from "./doors.js";

const PATIENCE_MS = 10_000;
// Where there is another way: nobody waits for something that a proxy swallowed.
const SOCKET_PATIENCE_MS = 4_000;
const CUT_OFF = 1006;

/**
 * Opens one connection, by a WebSocket where that can be had and by plain HTTP where not.
 *
 * Only where HTTP is answered is it the WebSocket that is refused, and not the server that is
 * down. As it may have come up just then, a WebSocket is tried once more.
 */
export class Opening {
  #ways;
  #clock;
  #port;
  #transport = null;
  #spare = null;
  #timer = null;
  #distrusts = false;

  /**
   * @param {Ways} ways
   * @param {object} clock
   * @param {object} port opened(transport, way) and failed({code, reason, retryAfter})
   */
  constructor(ways, clock, port) {
    this.#ways = ways;
    this.#clock = clock;
    this.#port = port;
  }

  /** Tries, by the first way that there is. */
  start() {
    const { first, canFallBack } = this.#ways;
    const distrusts = this.#distrusts;
    this.#distrusts = false;
    if (distrusts && canFallBack) this.#fallBack(this.#tooLate);
    else if (first !== "websocket") this.#try(first, PATIENCE_MS, (end) => this.#lost(end));
    else if (canFallBack) this.#try(first, SOCKET_PATIENCE_MS, (end) => this.#fallBack(end));
    else this.#try(first, PATIENCE_MS, (end) => this.#port.failed(this.#inWords(end)));
  }

  /** A WebSocket opened and is no good: the next try begins with HTTP, where that is answered. */
  distrustSockets() {
    this.#distrusts = true;
  }

  cancel() {
    this.#clock.clearTimeout(this.#timer);
    this.#transport?.close();
    this.#spare?.close();
    this.#transport = this.#spare = null;
  }

  /** What worked before does not work here: the next time begins anew. */
  #lost(end) {
    this.#ways.forget();
    this.#port.failed(end);
  }

  #fallBack(refusal) {
    const { plain } = this.#ways;
    const answered = () => {
      if (refusal.tooLate) return this.#settle(plain);
      this.#spare = this.#transport;
      this.#try("websocket", SOCKET_PATIENCE_MS, () => this.#takeSpare(plain));
    };
    this.#try(plain, PATIENCE_MS, this.#port.failed, answered);
  }

  #takeSpare(way) {
    this.#transport = this.#spare;
    this.#spare = null;
    this.#settle(way);
  }

  #settle(way) {
    const transport = this.#transport;
    this.#transport = this.#spare = null;
    this.#port.opened(transport, way);
  }

  #try(way, patience, failed, opened = () => this.#settle(way)) {
    const transport = this.#ways.make(way);
    const over = (end) => {
      this.#clock.clearTimeout(this.#timer);
      transport.close();
      failed(end);
    };
    transport.handlers = {
      opened: () => {
        this.#clock.clearTimeout(this.#timer);
        opened();
      },
      closed: over,
    };
    this.#transport = transport;
    this.#timer = this.#clock.setTimeout(() => over(this.#tooLate), patience);
    transport.open();
  }

  get #tooLate() {
    return this.#inWords({ code: CUT_OFF, tooLate: true });
  }

  /** A browser says nothing of a socket that did not open. */
  #inWords(end) {
    return { ...end, reason: nobody(this.#ways.url) };
  }
}
