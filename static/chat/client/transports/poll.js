import { since } from "../elapsed.js";
import { CutOff, Refusal, Unanswered } from "./doors.js";
import { PolledRoom } from "./polled.js";

const WAIT_S = 25;
const SHORTEST_S = 1;
const CHANCES = 2;
const ANSWER_S = 10;
const RETRY_MS = 2_000;
const LATE_MS = (WAIT_S + 5) * 1000;

/** One room followed by asking again and again, each time for as long as nothing happens. */
export class RoomPoll {
  #room;
  #port;
  #parts;
  #known = null;
  #wait = WAIT_S;
  #lost = 0;
  #askedAt = null;
  #stop = new AbortController();

  /**
   * @param {string} room its slug
   * @param {object} port doors and pace; received(events), heard(), ended(error) and gone()
   * @param {object} parts clock
   */
  constructor(room, port, parts) {
    this.#room = room;
    this.#port = port;
    this.#parts = parts;
  }

  /** True where the question under way should have been answered. */
  get isLate() {
    return this.#askedAt !== null && since(this.#askedAt, this.#parts.clock) > LATE_MS;
  }

  /** Joins, and goes on asking. Throws what joining is refused with. */
  async start(cursor, id) {
    await this.join(cursor, id);
    this.#goOn();
  }

  /** Joins and tells so, as the answer to the command `id`; who calls goes on with `ask`. */
  async join(cursor, id) {
    const answer = await this.#poll({ ...cursor, wait: 0 });
    const known = new PolledRoom(this.#room);
    const events = understood(() => [known.joined(answer), ...known.others(answer)]);
    this.#known = known;
    events[0].id = id;
    this.#tell(events);
  }

  /** Tells what is new, once there is something or after so many seconds. */
  async ask(wait) {
    const answer = await this.#poll({ ...this.#known.cursor, wait });
    this.#lost = 0;
    this.#tell(understood(() => this.#known.told(answer)));
  }

  /** The room goes by another slug. */
  moved(slug) {
    this.#room = slug;
  }

  close() {
    this.#stop.abort();
  }

  get isClosed() {
    return this.#stop.signal.aborted;
  }

  /**
   * Says what becomes of a poll that failed after so many milliseconds; resolves when it is time for
   * the next.
   */
  async recover(error, lasted = 0) {
    if (this.isClosed) return;
    if (!(error instanceof Refusal)) return this.#goOnAfter(error, lasted);
    if (error.code === "not_found") return this.#port.gone();
    if (!error.isTemporary) return this.#port.ended(error);
    this.#port.pace.slower();
    const delay = error.retryAfter ? error.retryAfter * 1000 : RETRY_MS;
    await this.#pause(delay);
  }

  /**
   * One question may be cut off by somebody who waits for no answer as long as it takes, and the
   * next, if it is answered, is for a shorter time; two are a line that is no good.
   */
  #goOnAfter(error, lasted) {
    this.#lost += 1;
    const isLong = lasted >= SHORTEST_S * 1000;
    const mayPass = (isLong || error instanceof CutOff) && lasted < this.#wait * 1000;
    if (this.#lost >= CHANCES || !mayPass) return this.#port.ended(error);
    if (isLong) this.#wait = Math.max(SHORTEST_S, Math.floor(lasted / 2000));
  }

  /** Waits, though not beyond the end. */
  #pause(delay) {
    const { clock } = this.#parts;
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(done, delay);
      function done() {
        clock.clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done);
    });
  }

  async #goOn() {
    const { clock } = this.#parts;
    while (!this.isClosed) {
      const askedAt = clock.now();
      await this.ask(this.#wait).catch((error) => this.recover(error, since(askedAt, clock)));
      // In a busy room every question would be answered at once.
      const early = this.#port.pace.own - since(askedAt, clock);
      if (early > 0) await this.#pause(early);
    }
  }

  async #poll(query) {
    const path = `rooms/${encodeURIComponent(this.#room)}/events`;
    const seconds = query.wait + ANSWER_S;
    const stop = this.#stop.signal;
    this.#askedAt = this.#parts.clock.now();
    try {
      return await this.#port.doors.ask(path, "events", { query, seconds, stop });
    } finally {
      this.#askedAt = null;
    }
  }

  #tell(events) {
    if (this.isClosed) return;
    this.#port.heard();
    if (events.length > 0) this.#port.received(events);
  }
}

/** What looks like an answer, and is none that one can read, is nobody's answer. */
function understood(read) {
  try {
    return read();
  } catch {
    throw new Unanswered();
  }
}
