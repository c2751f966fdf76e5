import { showWords } from "../dom.js";
import { Gathering } from "../logic/gathering.js";

/** The lines of who came and went. */
export class Passing {
  #list;
  #gathering = null;
  #line = null;

  constructor(list) {
    this.#list = list;
  }

  /** Somebody came or went: on the last line, if nothing was said since. */
  note(presence) {
    const now = Date.now();
    if (!this.#gathering?.isOpenAt(now)) {
      this.#gathering = new Gathering(now);
      this.#line = null;
    }
    this.#gathering.add(presence);
    const { words } = this.#gathering;
    if (words.length === 0) return;
    this.#line ??= this.#list.addLine("");
    showWords(this.#line, words);
  }

  /** Something was said. */
  end() {
    this.#gathering = null;
  }
}
