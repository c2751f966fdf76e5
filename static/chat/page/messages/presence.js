import { PresenceSummary } from "../logic/presence.js";
import { translate, translateParts } from "../logic/translate.js";
import { showWords } from "../parts/dom.js";

/** The lines in the stream that say who came, went, and took another name. */
export class PresenceLines {
  #list;
  #summary = null;
  #line = null;
  #ownName = null;

  constructor(list) {
    this.#list = list;
  }

  /** Says that this person has joined, or is back under another name. */
  noteJoined({ name, kind }) {
    if (this.#ownName === null) this.#list.addLine(translate("youJoined"));
    else if (this.#ownName !== name) this.#addOwnLine({ name, kind });
    this.#ownName = name;
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

  #addOwnLine(you) {
    showWords(this.#list.addLine(""), translateParts("youRenamed", { you }));
  }

  /** Makes the next event begin a new line: a message was sent. */
  endLine() {
    this.#summary = null;
  }
}
