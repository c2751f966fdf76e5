import { backoffDelay } from "./backoff.js";
import { afterClose } from "./closes.js";
import { since } from "./elapsed.js";
import { Heartbeat } from "./heartbeat.js";
import { ConnectionState } from "./states.js";
import { Change } from "./transports/change.js";
import { Opening } from "./transports/opening.js";
import { Ways } from "./transports/ways.js";

const STEADY_MS = 5_000;
const GREETING_MS = 10_000;
// The server tells others that somebody left five seconds after their last connection.
const OVERLAP_MS = 3_000;
const LOST = "The connection was lost.";
const UNHEARD = { opened() {}, received() {}, heard() {}, unfit() {}, closed() {} };

/**
 * One lasting connection made of many transports: comes back by itself, goes over to a better
 * one, and says so through `changed(state)`, `opened()`, `received(event)` and `closed()`.
 */
export class Link {
  #parts;
  #handlers;
  #state;
  #heartbeat;
  #ways;
  #opening;
  #change;
  #way = null;
  #transport = null;
  #former = null;
  #formerTimer = null;
  #timer = null;
  #attempt = 0;
  #openedAt = null;
  #greeted = false;
  #retryAfter = 0;
  #unlisten = () => {};

  /**
   * @param {string} url ws: or wss:
   * @param {object} parts WebSocket, fetch, csrfToken, clock, random, storage and signals
   * @param {object} handlers changed, opened, received and closed
   */
  constructor(url, parts, handlers) {
    this.#parts = parts;
    this.#handlers = handlers;
    this.#state = new ConnectionState(handlers.changed);
    this.#ways = new Ways(url, parts);
    this.#opening = new Opening(this.#ways, parts.clock, {
      opened: (transport, way) => this.#opened(transport, way),
      failed: (end) => this.#closed(end),
    });
    this.#change = new Change(this.#ways, parts.clock, (...found) => this.#goOver(...found));
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

  /** Gives the transport up and comes back, after `atLeast` milliseconds; the reason is for people. */
  drop(atLeast = 0, reason = LOST) {
    if (this.#isOnTrial) return this.#goBack();
    this.#release();
    this.#wait(atLeast, reason);
  }

  /** Tries at once when waiting; when open, asks for a sign of life and for a better way. */
  wake() {
    const { name, patient } = this.#state.current;
    if (name === "waiting" && !patient) return this.#connect();
    this.#doubt();
    if (this.#state.is("open") && this.#way !== "websocket") this.#change.hurry();
  }

  /** Sends a command; false when there is no open transport to send it by. */
  send(command) {
    if (!this.#state.is("open")) return false;
    this.#transport.send(command);
    // A request over HTTP has a time of its own.
    if (command.id !== undefined && this.#way === "websocket") this.#heartbeat.expect();
    return true;
  }

  /** The server knows who this is, and will be heard from every `seconds`: this way works. */
  welcomed(seconds) {
    const { clock } = this.#parts;
    this.#greeted = true;
    clock.clearTimeout(this.#timer);
    this.#heartbeat.start(seconds);
    this.#ways.remember(this.#way);
    if (this.#way === "websocket" && !this.#ways.isCut("websocket")) this.#change.reset();
    clock.clearTimeout(this.#formerTimer);
    this.#formerTimer = clock.setTimeout(() => this.#letFormerGo(), OVERLAP_MS);
  }

  #doubt() {
    if (this.#state.is("open")) this.#heartbeat.probe();
  }

  #connect() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#state.move("connecting");
    this.#opening.start();
  }

  /** Who opens and does not say welcome in time is no good. */
  #opened(transport, way) {
    const { clock } = this.#parts;
    transport.handlers = {
      received: (events) => this.#heard(transport, events),
      heard: () => this.#heartbeat.heard(),
      unfit: () => this.#change.to("poll", () => this.drop()),
      closed: (end) => this.#closed(end),
    };
    this.#transport = transport;
    this.#way = way;
    this.#openedAt = clock.now();
    this.#retryAfter = 0;
    this.#greeted = false;
    this.#timer = clock.setTimeout(() => this.#ungreeted(), GREETING_MS);
    this.#state.move("open", { transport: way });
    this.#handlers.opened();
    if (this.#transport === transport && way !== "websocket") this.#change.upgradeLater();
  }

  /** A socket that a proxy took, and passes nothing on, would open again and again. */
  #ungreeted() {
    if (this.#way === "websocket" && !this.#former) this.#opening.distrustSockets();
    this.drop();
  }

  /**
   * Takes a transport that was opened beside the one in use. For the rooms that is coming back:
   * they resume, and what was on its way is sent again under its id. The former transport is
   * kept until a little after the welcome, so that nobody sees this person leave.
   */
  #goOver(transport, way) {
    this.#letFormerGo();
    this.#former = { transport: this.#transport, way: this.#way };
    // What ends meanwhile is no way back.
    this.#former.transport.handlers = { ...UNHEARD, closed: () => this.#letFormerGo() };
    this.#replace(transport, way);
  }

  /** The new transport is no better: the former one is still there. */
  #goBack() {
    const { transport, way } = this.#former;
    this.#former = null;
    this.#change.discourage();
    this.#transport.close();
    transport.leaveRooms();
    this.#replace(transport, way);
  }

  #replace(transport, way) {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#heartbeat.stop();
    this.#handlers.closed();
    this.#opened(transport, way);
  }

  /** True before the welcome of a way that was opened beside another, which still works. */
  get #isOnTrial() {
    return this.#former !== null && !this.#greeted;
  }

  #letFormerGo() {
    this.#parts.clock.clearTimeout(this.#formerTimer);
    this.#former?.transport.close();
    this.#former = null;
  }

  #heard(transport, events) {
    this.#heartbeat.heard();
    for (const event of events) {
      if (event.type === "error") this.#retryAfter = event.retry_after ?? 0;
      this.#handlers.received(event);
      if (this.#transport !== transport) return;
    }
  }

  #closed({ code, retryAfter, reason: why }) {
    const { stop, reason, atLeast } = afterClose(code, retryAfter ?? this.#retryAfter);
    if (stop) return this.stop(code, reason);
    if (this.#openedAt !== null && !this.#isOnTrial) this.#noteEnd(code);
    this.drop(atLeast, why);
  }

  /** A WebSocket that is cut soon, each time, is left for HTTP, and tried again the later. */
  #noteEnd(code) {
    const lasted = since(this.#openedAt, this.#parts.clock);
    if (this.#ways.ended(this.#way, code, lasted) && this.#greeted) this.#attempt = 0;
    if (this.#way !== "websocket" || !this.#ways.isCut("websocket")) return;
    this.#opening.distrustSockets();
    this.#change.discourage();
  }

  #wait(atLeast, reason) {
    const { clock, random } = this.#parts;
    if (this.#openedAt !== null && since(this.#openedAt, clock) >= STEADY_MS) this.#attempt = 0;
    this.#openedAt = null;
    const delay = atLeast + backoffDelay(this.#attempt++, random);
    this.#timer = clock.setTimeout(() => this.#connect(), delay);
    this.#state.move("waiting", {
      retryAt: clock.now() + delay,
      patient: atLeast > 0,
      reason,
    });
    this.#handlers.closed();
  }

  #release() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#heartbeat.stop();
    this.#opening.cancel();
    this.#change.stop();
    this.#letFormerGo();
    this.#transport?.close();
    this.#transport = null;
  }
}
