import { elapsedSince } from "../base/timing.js";
import { afterClose } from "./closes.js";
import { Heartbeat } from "./heartbeat.js";
import { ConnectionState } from "./states.js";
import { TransportChoice } from "./transports/choice.js";
import { Opening } from "./transports/opening.js";
import { Switchover } from "./transports/switchover.js";
import { Wait } from "./wait.js";

const STEADY_MS = 5_000;
const WELCOME_MS = 10_000;
// The server tells others that somebody left five seconds after their last connection.
const OVERLAP_MS = 3_000;
// Of servers that restart one after the other each asks to reconnect, to one that works.
const RESTARTING = 1012;
const LOST = "The connection was lost.";
const ignore = () => {};
const IGNORED = { onOpen: ignore, onEvents: ignore, onTraffic: ignore, onUnfit: ignore };

/**
 * One lasting connection over changing transports: reconnects by itself, switches to a better
 * transport, and calls `onState(state)`, `onOpen()`, `onEvent(event)` and `onClose()`.
 */
export class Link {
  #parts;
  #handlers;
  #state;
  #heartbeat;
  #choice;
  #opening;
  #switchover;
  #wait;
  #kind = null;
  #transport = null;
  #former = null;
  #formerTimer = null;
  #timer = null;
  #openedAt = null;
  #isConfirmed = false;
  #lastError = null;
  #stopSignals = () => {};

  /**
   * @param {string} url ws: or wss:
   * @param {object} parts WebSocket, fetch, csrfToken, clock, random, storage, signals and
   *   pageState
   * @param {object} handlers onState, onOpen, onEvent and onClose
   */
  constructor(url, parts, handlers) {
    this.#parts = parts;
    this.#handlers = handlers;
    this.#state = new ConnectionState(handlers.onState);
    this.#choice = new TransportChoice(url, parts);
    this.#opening = new Opening(this.#choice, parts.clock, {
      onOpened: (transport, kind) => this.#useOpened(transport, kind),
      onFailed: (end) => this.#transportClosed(end),
    });
    this.#switchover = new Switchover(this.#choice, parts.clock, (...found) =>
      this.#switchTo(...found),
    );
    this.#wait = new Wait(this.#choice.url, parts, () => this.#connect());
    this.#heartbeat = new Heartbeat({
      clock: parts.clock,
      sendPing: () => this.sendCommand({ type: "ping" }),
      onDead: () => this.restart(),
    });
  }

  get state() {
    return this.#state.current;
  }

  start() {
    const { signals } = this.#parts;
    this.#stopSignals = signals({ wake: () => this.wake(), doubt: () => this.#probe() });
    this.#wait.forgetFailures();
    this.#connect();
  }

  /** Stops until `start` is called again. */
  stop(code, reason) {
    if (this.#state.is("stopped")) return;
    this.#release();
    this.#stopSignals();
    this.#state.move("stopped", { code, reason });
    this.#handlers.onClose();
  }

  /** Closes the transport and reconnects after `atLeast` milliseconds; the reason is for people. */
  restart(atLeast = 0, reason = LOST) {
    if (this.#isOnTrial) return this.#switchBack();
    this.#release();
    this.#startWait(atLeast, reason);
  }

  /** Connects at once when waiting; when open, sends a ping and tries a better transport. */
  wake() {
    const { name, patient } = this.#state.current;
    if (name === "waiting" && !patient) return this.#connect();
    this.#probe();
    if (this.#state.is("open") && this.#kind !== "websocket") this.#switchover.upgradeNow();
  }

  /** Sends a command; returns false when there is no open transport. */
  sendCommand(command) {
    if (!this.#state.is("open")) return false;
    this.#transport.transmitCommand(command);
    // A request over HTTP has a timeout of its own.
    if (command.id !== undefined && this.#kind === "websocket") this.#heartbeat.expectReply();
    return true;
  }

  /** Shows in the state that the server asks to wait, `{until, reason}`, or with null no more. */
  showPause(pause) {
    if (!this.#state.is("open")) return;
    const details = pause && { retryAt: pause.until, reason: pause.reason };
    this.#state.move("open", { transport: this.#kind, ...details });
  }

  /** Confirms the transport: the server said welcome, and that its heartbeat is every `seconds`. */
  confirm(seconds) {
    const { clock } = this.#parts;
    this.#isConfirmed = true;
    clock.clearTimeout(this.#timer);
    this.#heartbeat.start(seconds);
    this.#wait.noteSuccess();
    if (!this.#switchover.isExpectingUpgrade) this.#choice.remember(this.#kind);
    if (this.#kind === "websocket" && !this.#choice.isCut("websocket")) {
      this.#switchover.resetDelay();
    }
    clock.clearTimeout(this.#formerTimer);
    this.#formerTimer = clock.setTimeout(() => this.#closeFormer(), OVERLAP_MS);
  }

  #probe() {
    if (this.#state.is("open")) this.#heartbeat.probe();
  }

  #connect() {
    this.#wait.stop();
    this.#state.move("connecting");
    this.#opening.start();
  }

  #useOpened(transport, kind) {
    if (kind !== "websocket" && this.#choice.trustsWebSocket) this.#switchover.expectUpgrade();
    this.#use(transport, kind);
  }

  /** Uses a transport that has opened, and gives it up where no welcome is received in time. */
  #use(transport, kind) {
    const { clock } = this.#parts;
    transport.handlers = {
      onEvents: (events) => this.#receiveEvents(transport, events),
      onTraffic: () => this.#heartbeat.noteTraffic(),
      onUnfit: () => this.#switchover.tryKind("poll", () => this.restart()),
      onClose: (end) => this.#transportClosed(end),
    };
    this.#transport = transport;
    this.#kind = kind;
    this.#openedAt = clock.now();
    this.#lastError = null;
    this.#isConfirmed = false;
    this.#timer = clock.setTimeout(() => this.#welcomeMissing(), WELCOME_MS);
    this.#state.move("open", { transport: kind });
    this.#handlers.onOpen();
    if (this.#transport === transport && kind !== "websocket") this.#switchover.scheduleUpgrade();
  }

  /** A WebSocket that a proxy accepts without passing anything on would open again and again. */
  #welcomeMissing() {
    if (this.#kind === "websocket") this.#choice.distrustWebSocket();
    if (this.#kind === "websocket" && !this.#former) this.#opening.skipWebSocketOnce();
    this.restart();
  }

  /**
   * Switches to a transport that was opened beside the one in use. For the rooms that is a
   * reconnect: they resume, and messages not yet acknowledged are sent again under their ids. The
   * former transport is kept until a little after the welcome, so that nobody sees this person
   * leave.
   */
  #switchTo(transport, kind) {
    this.#closeFormer();
    this.#former = { transport: this.#transport, kind: this.#kind };
    // A transport that ends meanwhile is none to switch back to.
    this.#former.transport.handlers = { ...IGNORED, onClose: () => this.#closeFormer() };
    this.#replaceTransport(transport, kind);
  }

  /** Switches back to the former transport: the new one is no better. */
  #switchBack() {
    const { transport, kind } = this.#former;
    this.#former = null;
    this.#switchover.lengthenDelay();
    this.#transport.close();
    transport.leaveRooms();
    this.#replaceTransport(transport, kind);
  }

  #replaceTransport(transport, kind) {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#heartbeat.stop();
    this.#handlers.onClose();
    this.#use(transport, kind);
  }

  /** True before the welcome over a transport that was opened beside one that still works. */
  get #isOnTrial() {
    return this.#former !== null && !this.#isConfirmed;
  }

  #closeFormer() {
    this.#parts.clock.clearTimeout(this.#formerTimer);
    this.#former?.transport.close();
    this.#former = null;
  }

  #receiveEvents(transport, events) {
    this.#heartbeat.noteTraffic();
    for (const event of events) {
      if (event.type === "error") this.#lastError = event;
      this.#handlers.onEvent(event);
      if (this.#transport !== transport) return;
    }
  }

  #transportClosed({ code, retryAfter, reason: detail }) {
    const error = this.#lastError;
    const { stop, reason, atLeast } = afterClose(code, retryAfter ?? error?.retry_after);
    if (stop) return this.stop(code, reason);
    if (this.#openedAt !== null && !this.#isOnTrial) this.#noteClose(code);
    const told = atLeast > 0 ? (error?.message ?? reason) : undefined;
    this.restart(atLeast, detail ?? told);
  }

  /** A WebSocket that is cut soon, each time, is replaced by HTTP, and tried later and later. */
  #noteClose(code) {
    const duration = elapsedSince(this.#openedAt, this.#parts.clock);
    const isCutEarly = this.#choice.noteClose(this.#kind, code, duration);
    if ((isCutEarly || code === RESTARTING) && this.#isConfirmed) this.#wait.forgetFailures();
    if (this.#kind !== "websocket" || !this.#choice.isCut("websocket")) return;
    this.#opening.skipWebSocketOnce();
    this.#switchover.lengthenDelay();
  }

  #startWait(atLeast, reason) {
    const { clock } = this.#parts;
    const isSteady = this.#openedAt !== null && elapsedSince(this.#openedAt, clock) >= STEADY_MS;
    if (isSteady) this.#wait.forgetFailures();
    this.#openedAt = null;
    const retryAt = this.#wait.start(atLeast);
    this.#state.move("waiting", { retryAt, patient: atLeast > 0, reason });
    this.#handlers.onClose();
  }

  #release() {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#wait.stop();
    this.#heartbeat.stop();
    this.#opening.cancel();
    this.#switchover.cancel();
    this.#closeFormer();
    this.#transport?.close();
    this.#transport = null;
  }
}
