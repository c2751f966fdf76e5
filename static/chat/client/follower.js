import { Receipts } from "./receipts.js";
import { RoomLog } from "./roomlog.js";

const RETRY_MS = 2_000;

/**
 * Keeps a room's log in step with the server's: applies what comes, asks for what is missing,
 * and tells how far it is.
 */
export class Follower {
  #port;
  #clock;
  #log;
  #receipts;
  #syncing = false;
  #retryTimer = null;

  /**
   * @param {object} port `ask(command, callbacks)`, `tell(command)`, `replaced()` and
   *   `changed(message)`
   * @param {object} clock
   * @param {number} [keep] how many messages to hold
   */
  constructor(port, clock, keep) {
    this.#port = port;
    this.#log = new RoomLog(keep);
    this.#clock = clock;
    this.#receipts = new Receipts(clock, () =>
      port.tell({ type: "received", version: this.#log.version }),
    );
  }

  get log() {
    return this.#log;
  }

  /** Applies the answer to a join or a sync. */
  take({ epoch, version, reset, messages, more }) {
    if (reset) {
      this.#log.replace({ epoch, version, messages, more });
      this.#port.replaced();
    } else {
      this.#log.merge(messages, version).forEach((message) => this.#port.changed(message));
    }
    if (messages.length > 0) this.#receipts.note(messages.length);
    this.#catchUp();
  }

  /** Applies a live change. */
  message({ version, message }) {
    const outcome = this.#log.apply(version, message);
    if (outcome === "gap") this.#catchUp();
    if (outcome !== "applied") return;
    this.#receipts.note();
    this.#port.changed(message);
  }

  /** The room is at `version`, says the server. */
  head(version) {
    this.#log.expect(version);
    this.#catchUp();
  }

  /** The room has another life: everything held belongs to the former one. */
  epoch(epoch) {
    if (epoch !== this.#log.epoch) this.#sync();
  }

  /** The connection is gone. */
  pause() {
    this.#syncing = false;
    this.#receipts.stop();
    this.#clock.clearTimeout(this.#retryTimer);
  }

  #catchUp() {
    if (this.#log.behind) this.#sync();
  }

  #sync() {
    if (this.#syncing) return;
    this.#syncing = true;
    this.#port.ask(
      { type: "sync", ...this.#log.cursor },
      {
        answered: (event) => this.#synced(event),
        refused: (error) => this.#refused(error),
      },
    );
  }

  #synced(event) {
    this.#syncing = false;
    this.take(event);
  }

  #refused({ isTemporary, retryAfter }) {
    this.#syncing = false;
    if (!isTemporary) return;
    const delay = retryAfter ? retryAfter * 1000 : RETRY_MS;
    this.#retryTimer = this.#clock.setTimeout(() => this.#sync(), delay);
  }
}
