import { translateParts } from "./translate.js";
import { nameList } from "./words.js";

const LASTS_MS = 5 * 60 * 1000;

/**
 * One line about who came, went, and took another name, of up to five minutes. Only somebody's
 * last move counts, and the name that they had before the first.
 */
export class PresenceSummary {
  #moves = new Map();
  #renamed = new Map();
  #startedAt;

  constructor(now) {
    this.#startedAt = now;
  }

  /** Returns true while an event still belongs to this line. */
  isOpenAt(now) {
    return now - this.#startedAt < LASTS_MS;
  }

  add({ arrived, left, renamed }) {
    for (const user of arrived) this.#move(user, "connected");
    for (const user of left) this.#move(user, "disconnected");
    for (const renaming of renamed) this.#rename(renaming);
  }

  /** The line as words, see `nameList`; empty when nobody moved. */
  get words() {
    const sentences = [
      this.#wordsFor("connected"),
      ...[...this.#renamed.values()].map(renamedWords),
      this.#wordsFor("disconnected"),
    ];
    return sentences
      .filter((words) => words.length > 0)
      .flatMap((words, index) => (index > 0 ? [" · ", ...words] : words));
  }

  #move(user, move) {
    this.#moves.delete(user.id);
    this.#moves.set(user.id, { user, move });
  }

  /** Of who has come under this line, it says the new name alone. */
  #rename({ user, former }) {
    const moved = this.#moves.get(user.id);
    if (moved) return this.#moves.set(user.id, { ...moved, user });
    const first = this.#renamed.get(user.id)?.former ?? former;
    this.#renamed.delete(user.id);
    if (first !== user.name) this.#renamed.set(user.id, { user, former: first });
  }

  #wordsFor(wanted) {
    const moves = [...this.#moves.values()].filter(({ move }) => move === wanted);
    if (moves.length === 0) return [];
    const names = nameList(moves.map(({ user }) => user));
    return translateParts(wanted, { count: moves.length, names });
  }
}

function renamedWords({ user, former: name }) {
  const former = { ...user, name };
  return translateParts("renamed", { former, user });
}
