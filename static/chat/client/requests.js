import { ChatError, disconnectedError } from "./base/errors.js";

// More at once would all be refused where the rate is used up, and count as a flood: a client in
// sixty rooms joins them all when it comes back.
const AT_ONCE = 8;
const PAUSE_MS = 2_000;

/**
 * Commands that wait for their direct reply, by id, and those that are not sent yet: in order,
 * few at once, and none of a kind that the server asked to send more slowly.
 */
export class Requests {
  #port;
  #clock;
  #queue = [];
  #underWay = new Map();
  #pauses = new Map();
  #sent = 0;

  /**
   * @param {object} port `passOn(command)` returns false without a connection;
   *   `onPause(pause)` is called with `{until, reason}` when the server asks to wait, and with
   *   null when that is over
   * @param {object} clock
   */
  constructor(port, clock) {
    this.#port = port;
    this.#clock = clock;
  }

  /**
   * Sends a command as soon as possible, under a new id where it has none.
   *
   * @param {object} command
   * @param {{onReply: (event) => void, onRefusal: (error: ChatError) => void}} callbacks
   */
  sendRequest(command, callbacks) {
    this.#sent += 1;
    const id = command.id ?? `c${this.#sent}`;
    this.#queue.push({ command: { ...command, id }, callbacks, isCounted: true });
    this.#sendQueued();
  }

  /** Passes an event to the command that it replies to; returns false when there is none. */
  settleReply(event) {
    const request = this.#underWay.get(event.id);
    if (!request) return false;
    this.#underWay.delete(event.id);
    if (event.type === "error") this.#refused(request, ChatError.from(event));
    else request.callbacks.onReply(event);
    this.#sendQueued();
    return true;
  }

  /** Sends nothing more to a room, which is left, and makes no other command wait for a reply. */
  forgetRoom(room) {
    for (const request of this.#underWay.values()) {
      if (request.command.room === room) request.isCounted = false;
    }
    const isOfRoom = ({ command }) => command.room === room;
    const unsent = this.#queue.filter(isOfRoom);
    this.#queue = this.#queue.filter((request) => !isOfRoom(request));
    for (const { callbacks } of unsent) callbacks.onRefusal(disconnectedError());
  }

  /** Refuses every command that waits: the connection is lost. */
  abandonAll() {
    const waiting = [...this.#underWay.values(), ...this.#queue];
    this.#underWay.clear();
    this.#queue = [];
    for (const { timer } of this.#pauses.values()) this.#clock.clearTimeout(timer);
    this.#pauses.clear();
    for (const { callbacks } of waiting) callbacks.onRefusal(disconnectedError());
  }

  #sendQueued() {
    while (this.#counted < AT_ONCE) {
      const index = this.#queue.findIndex(({ command }) => !this.#pauses.has(kindOf(command)));
      if (index < 0) return;
      const [request] = this.#queue.splice(index, 1);
      const { id } = request.command;
      // Before it is passed on: the reply may come at once.
      this.#underWay.set(id, request);
      if (!this.#port.passOn(request.command)) {
        this.#underWay.delete(id);
        request.callbacks.onRefusal(disconnectedError());
      }
    }
  }

  get #counted() {
    return [...this.#underWay.values()].filter(({ isCounted }) => isCounted).length;
  }

  /** The sender of a refused command tries it again; others of its kind need not be refused. */
  #refused({ command, callbacks }, error) {
    if (error.code === "rate_limited" && command.type !== "hello") {
      this.#pause(kindOf(command), error);
    }
    callbacks.onRefusal(error);
  }

  #pause(kind, { retryAfter, message: reason }) {
    const delay = retryAfter ? retryAfter * 1000 : PAUSE_MS;
    this.#clock.clearTimeout(this.#pauses.get(kind)?.timer);
    const timer = this.#clock.setTimeout(() => this.#resume(kind), delay);
    this.#pauses.set(kind, { until: this.#clock.now() + delay, reason, timer });
    this.#showPause();
  }

  #resume(kind) {
    this.#pauses.delete(kind);
    this.#showPause();
    this.#sendQueued();
  }

  #showPause() {
    const [last = null] = [...this.#pauses.values()].sort((a, b) => b.until - a.until);
    this.#port.onPause(last && { until: last.until, reason: last.reason });
  }
}

/** A room that may not be created yet does not keep this client from those that it was in. */
function kindOf({ type, epoch }) {
  return type === "join" && epoch ? "resume" : type;
}
