import { PresenceSummary } from "../logic/presence.js";
import { showWords } from "../parts/dom.js";

/** The lines in the stream that say who came and went. */
export class PresenceLines {
  #list;
  #summary = null;
  #line = null;

  constructor(list) {
    this.#list = list;
  }

  /** Adds a `presence` event to the last line, or to a new one after a message or five minutes. */
  addPresence(presence) {
    const now = Date.now();
    if (!this.#summary?.isOpenAt(now)) {
      this.#summary = new PresenceSummary(now);
      this.#line = null;
    }
    this.#summary.add(presence);
    const { words } = this.#summary;
    if (words.length === 0) return;
    this.#line ??= this.#list.addLine("");
    showWords(this.#line, words);
  }

  /** Makes the next event begin a new line: a message was sent. */
  endLine() {
    this.#summary = null;
  }
}
