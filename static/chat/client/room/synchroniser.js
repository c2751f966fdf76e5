import { Receipts } from "./receipts.js";
import { RoomLog } from "./roomlog.js";

const RETRY_MS = 2_000;

/**
 * Keeps a room's log in step with the server's: applies changes, requests what was missed, and
 * acknowledges what it applied.
 */
export class Synchroniser {
  #port;
  #clock;
  #log;
  #receipts;
  #isSyncing = false;
  #retryTimer = null;

  /**
   * @param {object} port `requestSync(cursor, callbacks)`, `sendReceipt(version)`, `onReset()` and
   *   `onApplied(message)`
   * @param {object} clock
   * @param {number} [keep] how many messages to hold
   */
  constructor(port, clock, keep) {
    this.#port = port;
    this.#log = new RoomLog(keep);
    this.#clock = clock;
    this.#receipts = new Receipts(clock, () => port.sendReceipt(this.#log.version));
  }

  get log() {
    return this.#log;
  }

  /** Applies the changes of a `joined` or a `synced` event. */
  applyChanges({ epoch, version, reset, messages, more, refs }) {
    if (reset) {
      this.#log.reset({ epoch, version, messages, more });
      this.#log.noteRefs(refs);
      this.#port.onReset();
    } else {
      this.#log.noteRefs(refs);
      this.#log.merge(messages, version).forEach((message) => this.#port.onApplied(message));
    }
    if (messages.length > 0) this.#receipts.count(messages.length);
    this.#catchUp();
  }

  /** Applies a live change. */
  applyLive({ version, message, refs }) {
    this.#log.noteRefs(refs);
    const outcome = this.#log.advance(version, message);
    if (outcome === "gap") this.#catchUp();
    if (outcome !== "applied") return;
    this.#receipts.count();
    this.#port.onApplied(message);
  }

  /** Compares with the room's version, as the server says it is. */
  compareVersion(version) {
    this.#log.noteVersion(version);
    this.#catchUp();
  }

  /** Compares with the room's epoch: with another one, all that is held belongs to a former log. */
  compareEpoch(epoch) {
    if (epoch !== this.#log.epoch) this.#sync();
  }

  /** Stops until the next `applyChanges`: the connection is lost. */
  pause() {
    this.#isSyncing = false;
    this.#receipts.reset();
    this.#clock.clearTimeout(this.#retryTimer);
  }

  #catchUp() {
    if (this.#log.isBehind) this.#sync();
  }

  #sync() {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    this.#port.requestSync(this.#log.cursor, {
      onReply: (event) => this.#synced(event),
      onRefusal: (error) => this.#syncRefused(error),
    });
  }

  #synced(event) {
    this.#isSyncing = false;
    this.applyChanges(event);
  }

  #syncRefused({ isTemporary, retryAfter }) {
    this.#isSyncing = false;
    if (!isTemporary) return;
    const delay = retryAfter ? retryAfter * 1000 : RETRY_MS;
    this.#retryTimer = this.#clock.setTimeout(() => this.#sync(), delay);
  }
}
