// As chat/rules/mentions.py has them.
const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`;
const EVERYBODY_ENDS = String.raw`(?![/@-]|\.?${LETTER})`;
const SIGNS = /[.*+?^${}()|[\]\\]/g;
// A page is open for weeks.
const REMEMBERED = 2000;

/** Finds where those whom a message mentions are named in it, also by names that they had before. */
export class MentionFinder {
  // All names under which this page has met somebody, by ids: a text has the name of its time.
  #names = new Map();

  /**
   * Returns `{index, text, isMe}` of each place in a text; empty where there is none.
   *
   * @param {string} text
   * @param {{mentions?: object[], mentions_all?: string}} message
   * @param {string} [me] the id of this person
   */
  find(text, { mentions = [], mentions_all }, me) {
    const names = mentions.flatMap((user) => this.#namesOf(user));
    const patterns = names.sort((a, b) => b.length - a.length).map(patternOf);
    if (mentions_all) patterns.push(mentions_all + EVERYBODY_ENDS);
    if (patterns.length === 0) return [];
    const mine = mentions.filter(({ id }) => id === me).flatMap((user) => this.#namesOf(user));
    const own = new Set([...mine.map((name) => name.toLowerCase()), mentions_all]);
    const found = text.matchAll(new RegExp(`(?<!${LETTER})@(${patterns.join("|")})`, "giu"));
    return [...found].map(({ 0: text, 1: name, index }) => ({ index, text, isMe: own.has(name.toLowerCase()) }));
  }

  #namesOf({ id, name }) {
    const names = this.#names.get(id) ?? new Set();
    this.#names.delete(id);
    this.#names.set(id, names.add(name));
    if (this.#names.size > REMEMBERED) this.#names.delete(this.#names.keys().next().value);
    return [...names];
  }
}

/** A name that ends with a sign ends there, whatever follows it. */
function patternOf(name) {
  const isWord = new RegExp(`${LETTER}$`, "u").test(name);
  return name.replace(SIGNS, "\\$&") + (isWord ? `(?!${LETTER})` : "");
}
