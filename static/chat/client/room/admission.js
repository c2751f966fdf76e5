import { disconnectedError } from "../base/errors.js";

const RETRY_MS = 2_000;

const always = (state) => ({ out: state, joining: state, in: state, refused: state });

// The state after each event, by the state before it; where there is none, nothing changes.
const MOVES = {
  ask: { out: "joining" },
  grant: always("in"),
  refuse: always("refused"),
  retry: always("out"),
  forgive: { refused: "out" },
  disconnect: { joining: "out", in: "out" },
};

/**
 * Whether this client is in a room: `out`, `joining`, `in`, or `refused`, which outlives a lost
 * connection, until somebody joins again or takes another name.
 */
export class Admission {
  #clock;
  #port;
  #state = "out";
  #refusal = null;
  #waiting = [];
  #timer = null;
  // Counts what ends a join that is under way: its reply is ignored then.
  #stay = 0;

  /**
   * @param {object} port `requestJoin(callbacks)` sends the command if there is a session, and
   *   returns whether it did; `onJoined(event)`; `onRefused(error)`; `snapshot()`
   */
  constructor(port, clock) {
    this.#port = port;
    this.#clock = clock;
  }

  get state() {
    return this.#state;
  }

  /** The error of a refusal; null in any other state. */
  get refusal() {
    return this.#state === "refused" ? this.#refusal : null;
  }

  /** Resolves with the room's snapshot once in, rejects with the ChatError of a refusal. */
  request() {
    const promise = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    promise.catch(() => {}); // A refusal is also an event.
    if (this.#state === "in") this.#settle(({ resolve }) => resolve(this.#port.snapshot()));
    this.forgive();
    this.attempt();
    return promise;
  }

  /** Lets the next session try again after a refusal. */
  forgive() {
    this.#move("forgive");
  }

  /** Sends the join, unless this client is in, joining or refused. */
  attempt() {
    if (this.#state !== "out") return;
    const stay = this.#stay;
    const isSent = this.#port.requestJoin({
      onReply: (event) => stay === this.#stay && this.#port.onJoined(event),
      onRefusal: (error) => stay === this.#stay && this.#joinRefused(error),
    });
    if (isSent) this.#move("ask");
  }

  grant() {
    this.#move("grant");
    this.#settle(({ resolve }) => resolve(this.#port.snapshot()));
  }

  /** Notes that this client may not be in the room, or not any more. */
  refuse(error) {
    this.#move("refuse");
    this.#refusal = error;
    this.rejectWaiting(error);
    this.#port.onRefused(error);
  }

  /** Rejects each join that waits. */
  rejectWaiting(error) {
    this.#settle(({ reject }) => reject(error));
  }

  /** Notes that the connection is lost, or the room left. */
  disconnect() {
    this.#stay += 1;
    this.#clock.clearTimeout(this.#timer);
    this.#move("disconnect");
  }

  /** Ends for good: replies that are on their way are ignored. */
  end() {
    this.disconnect();
    this.rejectWaiting(disconnectedError("This room was left before the answer came."));
    this.#port = { ...this.#port, requestJoin: () => false, onJoined() {}, onRefused() {} };
  }

  #move(event) {
    this.#state = MOVES[event][this.#state] ?? this.#state;
  }

  #joinRefused(error) {
    if (error.code === "disconnected") return;
    if (error.isTemporary) return this.#retryLater(error);
    this.refuse(error);
  }

  #retryLater({ retryAfter }) {
    this.#move("retry");
    const delay = retryAfter ? retryAfter * 1000 : RETRY_MS;
    this.#timer = this.#clock.setTimeout(() => this.attempt(), delay);
  }

  #settle(callback) {
    this.#waiting.splice(0).forEach(callback);
  }
}
