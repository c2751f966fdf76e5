import { since } from "./elapsed.js";
import { TYPING_MS } from "./protocol.js";

const TELL_EVERY_MS = 3_000;

/** Says that this client's person is typing, but not at every key. */
export class TypingNotice {
  #clock;
  #toldAt = -Infinity;

  constructor(clock) {
    this.#clock = clock;
  }

  /** True when it is time to tell again. */
  due() {
    if (since(this.#toldAt, this.#clock) < TELL_EVERY_MS) return false;
    this.#toldAt = this.#clock.now();
    return true;
  }

  /** The message was sent: the next key is told at once. */
  reset() {
    this.#toldAt = -Infinity;
  }
}

/** Who else is typing; forgotten unless said again. */
export class Typists {
  #clock;
  #changed;
  #users = [];
  #timer = null;

  constructor(clock, changed) {
    this.#clock = clock;
    this.#changed = changed;
  }

  replace(users) {
    this.#clock.clearTimeout(this.#timer);
    if (users.length > 0) {
      this.#timer = this.#clock.setTimeout(() => this.replace([]), TYPING_MS);
    }
    if (users.length === 0 && this.#users.length === 0) return;
    this.#users = users;
    this.#changed(users);
  }

  /** Somebody sent what they were typing, or left. */
  remove(id) {
    const others = this.#users.filter((user) => user.id !== id);
    if (others.length < this.#users.length) this.replace(others);
  }
}
