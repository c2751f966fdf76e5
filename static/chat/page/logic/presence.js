import { translateParts } from "./translate.js";
import { nameList } from "./words.js";

const LASTS_MS = 5 * 60 * 1000;

/** One line about who came and went, of up to five minutes. Only somebody's last move counts. */
export class PresenceSummary {
  #moves = new Map();
  #startedAt;

  constructor(now) {
    this.#startedAt = now;
  }

  /** Returns true while an event still belongs to this line. */
  isOpenAt(now) {
    return now - this.#startedAt < LASTS_MS;
  }

  add({ arrived, left }) {
    for (const user of arrived) this.#move(user, "connected");
    for (const user of left) this.#move(user, "disconnected");
  }

  /** The line as words, see `nameList`; empty when nobody moved. */
  get words() {
    const arrived = this.#wordsFor("connected");
    const left = this.#wordsFor("disconnected");
    const separator = arrived.length > 0 && left.length > 0 ? [" · "] : [];
    return [...arrived, ...separator, ...left];
  }

  #move(user, move) {
    this.#moves.delete(user.id);
    this.#moves.set(user.id, { user, move });
  }

  #wordsFor(wanted) {
    const moves = [...this.#moves.values()].filter(({ move }) => move === wanted);
    if (moves.length === 0) return [];
    const names = nameList(moves.map(({ user }) => user));
    return translateParts(wanted, { count: moves.length, names });
  }
}
