// A mark is for other devices, and the next one of its room replaces it.
const APART_MS = 500;

/** How far this person has read in rooms: sent one after the other, of each room the last. */
export class ReadMarks {
  #link;
  #clock;
  #unsent = new Map();
  #sent = new Map();
  #timer = null;

  /**
   * @param {object} link `sendCommand(command)` returns false without a connection
   * @param {object} clock
   */
  constructor(link, clock) {
    this.#link = link;
    this.#clock = clock;
  }

  /** Notes that a room was read up to a seq. */
  add(room, seq) {
    const known = Math.max(this.#unsent.get(room) ?? 0, this.#sent.get(room) ?? 0);
    if (seq <= known) return;
    this.#unsent.set(room, seq);
    if (this.#timer === null) this.#sendUnsent();
  }

  /** Sends what could not be sent: there is a session. */
  onSession() {
    this.#sendUnsent();
  }

  /** Sends what was sent once more with the next session: it may not have arrived. */
  onEnd() {
    for (const [room, seq] of this.#sent) if (!this.#unsent.has(room)) this.#unsent.set(room, seq);
    this.#sent.clear();
    this.#stopTimer();
  }

  #sendUnsent() {
    this.#stopTimer();
    const [next] = this.#unsent;
    if (!next) return;
    const [room, seq] = next;
    if (!this.#link.sendCommand({ type: "read", room, seq })) return;
    this.#unsent.delete(room);
    this.#sent.set(room, seq);
    this.#timer = this.#clock.setTimeout(() => this.#sendUnsent(), APART_MS);
  }

  #stopTimer() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
