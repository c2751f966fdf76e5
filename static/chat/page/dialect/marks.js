// Where these stand, words are beside each other without a space: marks may be between them.
const SCRIPTS = ["Han", "Hiragana", "Katakana", "Hangul", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"];
export const SPACELESS = SCRIPTS.map((script) => String.raw`\p{Script=${script}}`).join("");
const LETTER = new RegExp(
  String.raw`(?![${SPACELESS}\uFE00-\uFE0F\u20E3])[\p{L}\p{N}\p{M}]`,
  "u",
);
const SPACE = /^$|\p{White_Space}/u;
// Behind these a mark opens as little as behind a letter: "(a)*(b)*(c)", "@_name_".
const NO_EDGE = /[)\]}@]/;
// A mark between two of these belongs to a face ("^_^", "-_-"), unless one is of the sentence.
const SIGN = /[!-)+-/:-@[-^{-}]/;
const OF_SENTENCE_BEFORE = /[\x22\x27([{]/;
const OF_SENTENCE_AFTER = /[\x22\x27)\]}.,:;!?]/;
// What says something: marks around punctuation alone are none ("*.*", "*_*").
const SAYING = /[^\p{White_Space}!-/:-@[-\x60{-~]/u;
// What a run of marks makes of what is between it and another, the innermost first.
const STYLES = {
  "*": ["emphasis"],
  "**": ["strong"],
  "***": ["emphasis", "strong"],
  _: ["emphasis"],
  "~~": ["strike"],
};
// Which runs close it; three in two parts.
const CLOSED_BY = { "*": ["*"], "**": ["**"], "***": ["*", "**"], _: ["_"], "~~": ["~~"] };
const DEEPEST = 6;

/** Returns a run of marks with whether it opens and closes; a text where it can do neither. */
export function markRun(line, index, text) {
  if (!(text in STYLES)) return text;
  const edges = edgesBetween(characterBefore(line, index), characterAt(line, index + text.length));
  return edges.opens || edges.closes ? { text, ...edges } : text;
}

const known = new Map();

/** Returns what marks do between two characters, "" for an end of the line. */
function edgesBetween(before, after) {
  const key = `${before}\n${after}`;
  if (known.has(key)) return known.get(key);
  const isFace = SIGN.test(before) && SIGN.test(after);
  const opens = !SPACE.test(after) && !LETTER.test(before) && !NO_EDGE.test(before);
  const closes = !SPACE.test(before) && !LETTER.test(after);
  const edges = {
    opens: opens && (!isFace || OF_SENTENCE_BEFORE.test(before)),
    closes: closes && (!isFace || OF_SENTENCE_AFTER.test(after)),
  };
  // A page is open for weeks.
  if (known.size < 10_000) known.set(key, edges);
  return edges;
}

function characterAt(line, index) {
  const point = line.codePointAt(index);
  return point === undefined ? "" : String.fromCodePoint(point);
}

function characterBefore(line, index) {
  const isPair = index > 1 && line.codePointAt(index - 2) > 0xffff;
  return characterAt(line, isPair ? index - 2 : index - 1);
}

/** Returns tokens (texts, objects, and runs of marks) as children, with the marks in pairs. */
export function resolveMarks(tokens) {
  const pairs = new Pairs();
  for (const token of tokens) pairs.add(token);
  return joinTexts(pairs.children);
}

/** Returns children with the texts beside each other as one. */
export function joinTexts(children) {
  const joined = [];
  for (const child of children) {
    const isText = typeof child === "string" && typeof joined.at(-1) === "string";
    if (isText) joined[joined.length - 1] += child;
    else joined.push(child);
  }
  return joined;
}

/**
 * Pairs marks by a stack of those that are open. Each is put on it and taken off once, so the time
 * is in proportion to the text, whatever it is. What stays open is text, and so is what would make
 * the tree too deep.
 */
class Pairs {
  children = [];
  #stack = [];
  // Where on the stack the open ones are, by what closes them.
  #places = { "*": [], "**": [], _: [], "~~": [] };
  // How many of the tokens said something.
  #said = 0;

  add(token) {
    if (token.opens === undefined) {
      this.children.push(token);
      if (typeof token !== "string" || SAYING.test(token)) this.#said += 1;
      return;
    }
    const rest = token.closes ? this.#close(token.text) : token.text;
    if (rest !== "" && token.opens) this.#open(rest, this.#said, 0);
    else if (rest !== "") this.children.push(rest);
  }

  /** Adds a mark that is open, with what was said before it, and how deep what is within it is. */
  #open(text, said, depth) {
    for (const key of CLOSED_BY[text]) this.#places[key].push(this.#stack.length);
    this.#stack.push({ text, said, depth, at: this.children.length });
    this.children.push(text);
  }

  /** Closes what these marks find open; returns those that are left over. */
  #close(text) {
    let rest = text;
    while (rest !== "") {
      const place = this.#placeOf(rest);
      if (place < 0) break;
      let depth = 0;
      while (this.#stack.length > place + 1) depth = Math.max(depth, this.#drop().depth);
      const mark = this.#drop();
      mark.depth = Math.max(depth, mark.depth);
      const used = mark.text.length < rest.length ? mark.text : rest;
      if (mark.depth + STYLES[used].length > DEEPEST || mark.said === this.#said) {
        this.#deepen(mark.depth);
        break;
      }
      this.#wrap(mark, used);
      rest = rest.slice(used.length);
    }
    return rest;
  }

  #placeOf(text) {
    return Math.max(...CLOSED_BY[text].map((key) => this.#places[key].at(-1) ?? -1));
  }

  #drop() {
    const mark = this.#stack.pop();
    for (const key of CLOSED_BY[mark.text]) this.#places[key].pop();
    return mark;
  }

  /** Replaces what is behind an open mark by an object; what is left of the mark stays open. */
  #wrap(mark, used) {
    let children = joinTexts(this.children.splice(mark.at).slice(1));
    for (const type of STYLES[used]) children = [{ type, children }];
    const depth = mark.depth + STYLES[used].length;
    if (used !== mark.text) this.#open(mark.text.slice(used.length), mark.said, depth);
    this.#deepen(depth);
    this.children.push(...children);
  }

  /** Notes how deep something is that is within the last mark that is open. */
  #deepen(depth) {
    const around = this.#stack.at(-1);
    if (around) around.depth = Math.max(around.depth, depth);
  }
}
