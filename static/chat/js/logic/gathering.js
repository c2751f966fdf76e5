import { nameList } from "./words.js";

const LASTS_MS = 5 * 60 * 1000;

/** Who came and went since the last message, as one line. Only somebody's last move counts. */
export class Gathering {
  #moves = new Map();
  #startedAt;

  constructor(now) {
    this.#startedAt = now;
  }

  /** True while what happens still belongs to this line. */
  isOpenAt(now) {
    return now - this.#startedAt < LASTS_MS;
  }

  add({ arrived, left }) {
    for (const user of arrived) this.#move(user, "connected");
    for (const user of left) this.#move(user, "disconnected");
  }

  /** The line as words, see `nameList`; none when nobody moved. */
  get words() {
    const arrived = this.#words("connected");
    const left = this.#words("disconnected");
    return arrived.length > 0 && left.length > 0 ? [...arrived, " · ", ...left] : [...arrived, ...left];
  }

  #move({ id, name }, move) {
    this.#moves.delete(id);
    this.#moves.set(id, { name, move });
  }

  #words(wanted) {
    const moves = [...this.#moves.values()].filter(({ move }) => move === wanted);
    return moves.length > 0 ? [...nameList(moves.map(({ name }) => name)), ` ${wanted}`] : [];
  }
}
