import { BEGINNING, addressAt, mayLink } from "../logic/links.js";
import { namedAddressAt, namedLink } from "./named.js";
import { markRun, resolveMarks } from "./marks.js";

// Otherwise it would lose an arm.
const SHRUG = String.raw`¯\\_\(ツ\)_/¯`;
const SPECIAL = new RegExp(
  String.raw`(${SHRUG})|(\\+)|(${BEGINNING})|(\x60+)|\*+|_+|~+|[[\]]`,
  "gu",
);
const BACKTICKS = /\x60+/g;
const MARK = /[\x60*_~[\]]/;

/** Returns the children of one line: texts and objects, see `parseText`. */
export function parseLine(line) {
  return resolveMarks(new Scanner(line).tokens());
}

/** Finds, from the left, what goes before marks: escapes, code, addresses, links. */
class Scanner {
  #line;
  #end = 0;
  // Texts, finished objects, and runs of marks (`markRun`), which are paired later.
  #tokens = [];
  // Where among the tokens a bracket is open; and the last link with a text of its own.
  #open = [];
  #lastNamed = -1;
  #backticks = null;

  constructor(line) {
    this.#line = line;
  }

  tokens() {
    for (;;) {
      SPECIAL.lastIndex = this.#end;
      const match = SPECIAL.exec(this.#line);
      this.#text(this.#line.slice(this.#end, match?.index));
      if (!match) return this.#tokens;
      this.#end = match.index + match[0].length;
      this.#take(match);
    }
  }

  #text(text) {
    if (text !== "") this.#tokens.push(text);
  }

  #take({ 0: sign, 1: shrug, 2: escapes, 3: beginning, 4: backticks, index }) {
    if (shrug) this.#text(shrug);
    else if (escapes) this.#takeEscapes(escapes);
    else if (beginning) this.#takeAddress(index, beginning);
    else if (backticks) this.#takeCode(backticks);
    else if (sign === "[") this.#open.push(this.#tokens.push(sign) - 1);
    else if (sign === "]") this.#closeBracket();
    else this.#tokens.push(markRun(this.#line, index, sign));
  }

  /**
   * Before a mark two are one, and one that is left over makes the mark a letter. Others, as in
   * paths and expressions, are what they are.
   */
  #takeEscapes(escapes) {
    const next = this.#line[this.#end] ?? "";
    if (!MARK.test(next)) return this.#text(escapes);
    const escaped = escapes.length % 2 === 1 ? next : "";
    this.#text(escapes.slice(0, escapes.length >> 1) + escaped);
    this.#end += escaped.length;
  }

  /** What is written like an address stays as it is, also where it may be no link. */
  #takeAddress(index, beginning) {
    const address = addressAt(this.#line, index, beginning);
    if (address === "") return this.#text(beginning);
    this.#end = index + address.length;
    const isLink = mayLink(this.#line, index, address);
    this.#tokens.push(isLink ? { type: "link", address } : address);
  }

  #takeCode(fence) {
    const closing = this.#closingBackticks(fence.length);
    if (closing === undefined) return this.#text(fence);
    const text = this.#line.slice(this.#end, closing);
    this.#end = closing + fence.length;
    this.#tokens.push({ type: "code", text: withoutPadding(text) });
  }

  /** Returns where the next run of so many backticks begins; each is looked at once. */
  #closingBackticks(length) {
    this.#backticks ??= runsByLength(this.#line);
    const starts = this.#backticks.get(length) ?? [];
    while (starts.at(-1) < this.#end) starts.pop();
    return starts.at(-1);
  }

  #closeBracket() {
    const start = this.#open.pop();
    const address = start > this.#lastNamed ? namedAddressAt(this.#line, this.#end) : null;
    const link = address && namedLink(this.#tokens.slice(start + 1), address);
    if (!link) return this.#text("]");
    this.#tokens.length = start;
    this.#lastNamed = this.#tokens.push(link) - 1;
    this.#end += address.length + 2;
  }
}

/** Code that begins or ends with a backtick is written with spaces around it. */
function withoutPadding(text) {
  const isPadded = text.startsWith(" ") && text.endsWith(" ") && /[^ ]/.test(text);
  return isPadded ? text.slice(1, -1) : text;
}

/** Returns where runs of backticks begin, the last first, by their length. */
function runsByLength(line) {
  const runs = new Map();
  for (const { 0: run, index } of line.matchAll(BACKTICKS)) {
    if (!runs.has(run.length)) runs.set(run.length, []);
    runs.get(run.length).push(index);
  }
  for (const starts of runs.values()) starts.reverse();
  return runs;
}
