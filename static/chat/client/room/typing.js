import { TYPING_MS } from "../base/protocol.js";
import { elapsedSince } from "../base/timing.js";

const REPEAT_MS = 3_000;

/** Limits how often the server is told that this client's person is typing. */
export class TypingNotice {
  #clock;
  #sentAt = -Infinity;

  constructor(clock) {
    this.#clock = clock;
  }

  /** Returns true when the next notice is due, and counts it as sent. */
  take() {
    if (elapsedSince(this.#sentAt, this.#clock) < REPEAT_MS) return false;
    this.#sentAt = this.#clock.now();
    return true;
  }

  /** Makes a notice due at once: the message was sent, and the next key begins another. */
  restart() {
    this.#sentAt = -Infinity;
  }
}

/** Who else is typing; they expire unless the server repeats them. */
export class Typists {
  #clock;
  #onChange;
  #users = [];
  #timer = null;

  constructor(clock, onChange) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  setUsers(users) {
    this.#clock.clearTimeout(this.#timer);
    if (users.length > 0) {
      this.#timer = this.#clock.setTimeout(() => this.setUsers([]), TYPING_MS);
    }
    if (users.length === 0 && this.#users.length === 0) return;
    this.#users = users;
    this.#onChange(users);
  }

  /** Removes somebody whose message arrived, or who left. */
  removeUser(id) {
    const others = this.#users.filter((user) => user.id !== id);
    if (others.length < this.#users.length) this.setUsers(others);
  }
}
