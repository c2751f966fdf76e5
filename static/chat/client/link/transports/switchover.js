import { elapsedSince } from "../../base/timing.js";

const TIMEOUT_MS = 4_000;
const FIRST_MS = 60_000;
const LONGEST_MS = 600_000;
const URGENT_MS = 10_000;
// A proxy says 502 for a moment while the servers behind it restart one after the other.
const SOON_MS = [1_000, 3_000];

/**
 * Tries another transport while one is in use, and opens it beside that one, so that the
 * connection can switch to it without a gap.
 */
export class Switchover {
  #choice;
  #clock;
  #onOpened;
  #transport = null;
  #openingTimer = null;
  #timer = null;
  #delay = FIRST_MS;
  #soon = [];
  #triedAt = -Infinity;

  /**
   * @param {TransportChoice} choice
   * @param {object} clock
   * @param {Function} onOpened is called with (transport, kind)
   */
  constructor(choice, clock, onOpened) {
    this.#choice = choice;
    this.#clock = clock;
    this.#onOpened = onOpened;
  }

  /** Tries a kind of transport now; calls `onFailed()` where it does not open. */
  tryKind(kind, onFailed = () => {}) {
    this.#stopTrying();
    const transport = this.#choice.create(kind);
    const fail = () => {
      this.#stopTrying();
      onFailed();
    };
    transport.handlers = { onOpen: () => this.#succeed(transport, kind), onClose: fail };
    this.#transport = transport;
    this.#openingTimer = this.#clock.setTimeout(fail, TIMEOUT_MS);
    transport.open();
  }

  /** Tries a WebSocket after a minute, then at longer and longer intervals. */
  scheduleUpgrade() {
    if (!this.#choice.hasWebSocket) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#upgrade(), this.#soon[0] ?? this.#delay);
  }

  /** Makes the next upgrades come after a second or two already: a WebSocket did work before. */
  expectUpgrade() {
    this.#soon = [...SOON_MS];
  }

  /** Returns true while an upgrade is likely to succeed soon. */
  get isExpectingUpgrade() {
    return this.#soon.length > 0;
  }

  /** Tries a WebSocket now: the network may be another one. */
  upgradeNow() {
    if (!this.#choice.hasWebSocket) return;
    if (elapsedSince(this.#triedAt, this.#clock) >= URGENT_MS) this.#upgrade();
  }

  /** Doubles the time until the next attempt: this one found nothing better. */
  lengthenDelay() {
    this.#delay = Math.min(LONGEST_MS, this.#delay * 2);
  }

  /** Begins with a minute again: a WebSocket works. */
  resetDelay() {
    this.#delay = FIRST_MS;
  }

  cancel() {
    this.#soon = [];
    this.#stopTrying();
  }

  #stopTrying() {
    this.#clock.clearTimeout(this.#timer);
    this.#clock.clearTimeout(this.#openingTimer);
    this.#transport?.close();
    this.#transport = null;
  }

  #upgrade() {
    if (this.#transport) return;
    this.#triedAt = this.#clock.now();
    this.tryKind("websocket", () => {
      this.#noteFailure();
      this.scheduleUpgrade();
    });
  }

  #noteFailure() {
    if (!this.isExpectingUpgrade) return this.lengthenDelay();
    this.#soon.shift();
    if (!this.isExpectingUpgrade) this.#choice.distrustWebSocket();
  }

  #succeed(transport, kind) {
    this.#transport = null;
    this.cancel();
    this.#onOpened(transport, kind);
  }
}
