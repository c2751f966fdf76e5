import { translate } from "./words.js";

const PAUSE_MS = 150;

/** Finds people by letters as they are typed: once somebody pauses, and for the last ones alone. */
export class PeopleSearch {
  #chat;
  #onFound;
  #asked = 0;
  #timer = null;

  /** @param {Chat} chat @param {(found: {people: User[], error?: Error}) => void} onFound */
  constructor(chat, onFound) {
    this.#chat = chat;
    this.#onFound = onFound;
  }

  /** Whether what was typed last is still sought. */
  get isSeeking() {
    return this.#timer !== null;
  }

  find(letters) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked += 1;
    const typed = letters.trim();
    if (typed) this.#timer = setTimeout(() => this.#request(typed, this.#asked), PAUSE_MS);
  }

  async #request(letters, asked) {
    const found = await this.#chat.people(letters).then(
      (people) => ({ people }),
      (error) => ({ people: [], error }),
    );
    if (asked !== this.#asked) return;
    this.#timer = null;
    this.#onFound(found);
  }
}

/** Returns what to say of a request of the library that failed: the server's words, where it has any. */
export function wordsOf({ code, message }) {
  return code === "disconnected" ? translate("notReached") : message;
}
