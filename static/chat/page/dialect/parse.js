import { parseList } from "./lists.js";
import { isBlank, parseLines, withoutEnd } from "./lines.js";

// Deeper quotes are shown as they are written.
const DEEPEST_QUOTE = 5;
// What no other line begins with.
const BLOCK = /^[ \t]*(?:\x60{3}|>|[-*]|\d)/;
// One run after the other, of signs that no other has: with spaces apart, it took quadratic time.
const FENCE = /^([ \t]*)(\x60{3,})([^\x60]*)$/;
const BLANKS = /^[ \t]+/;
const LANGUAGE = /^[A-Za-z0-9][A-Za-z0-9_+#.-]{0,19}$/;
const QUOTE = /^>(?: |$)/;

/**
 * Returns the blocks of a message, see docs/formatting.md: `{type: "paragraph", children}`,
 * `{type: "code", text, language?}`, `{type: "quote", children}` with blocks, and `{type: "list",
 * items}` with `{marker, children, items?}`. All other children are texts, `{type: "strong" |
 * "emphasis" | "strike", children}`, `{type: "code", text}`, and `{type: "link", address,
 * children?, showsHost?}`. Takes time in proportion to the text, whatever it is;
 * chat/rules/dialect/ is the same in Python.
 */
export function parseText(text) {
  return new Blocks(text.split(/\r?\n/), 0).all();
}

/** The lines of a text, or of a quote, as blocks. */
class Blocks {
  #lines;
  #depth;
  #blocks = [];
  #paragraph = [];
  // The least length of a fence that nothing closes any more: it is not looked for again.
  #unclosed = Infinity;

  constructor(lines, depth) {
    this.#lines = lines;
    this.#depth = depth;
  }

  all() {
    let index = 0;
    while (index < this.#lines.length) {
      const found = this.#blockAt(index);
      if (found) {
        this.#endParagraph();
        this.#blocks.push(found.block);
      } else {
        this.#paragraph.push(this.#lines[index]);
      }
      index = found?.end ?? index + 1;
    }
    this.#endParagraph();
    return this.#blocks;
  }

  #blockAt(index) {
    if (!BLOCK.test(this.#lines[index])) return null;
    return this.#fenceAt(index) ?? this.#quoteAt(index) ?? parseList(this.#lines, index);
  }

  /** Blank lines beside a block, or around the whole text, are not shown. */
  #endParagraph() {
    const lines = this.#paragraph;
    this.#paragraph = [];
    let [start, end] = [0, lines.length];
    while (start < end && isBlank(lines[start])) start += 1;
    while (start < end && isBlank(lines[end - 1])) end -= 1;
    if (start === end) return;
    this.#blocks.push({ type: "paragraph", children: parseLines(lines.slice(start, end)) });
  }

  #fenceAt(index) {
    const [, indentation, fence, after] = FENCE.exec(this.#lines[index]) ?? [];
    if (!fence || fence.length >= this.#unclosed) return null;
    const closing = this.#closingFence(index + 1, fence.length);
    if (closing === null) {
      this.#unclosed = fence.length;
      return null;
    }
    const last = withoutEnd(withoutEnd(this.#lines[closing], " \t"), "\x60");
    const lines = [...this.#lines.slice(index + 1, closing), ...(isBlank(last) ? [] : [last])];
    const code = lines.map((line) => outdented(line, indentation.length));
    return { block: codeBlock(withoutEnd(after.replace(BLANKS, ""), " \t"), code), end: closing + 1 };
  }

  /** Returns the index of the first line that ends with a fence of this length, or null. */
  #closingFence(from, length) {
    for (let index = from; index < this.#lines.length; index += 1) {
      const line = withoutEnd(this.#lines[index], " \t");
      if (line.length - withoutEnd(line, "\x60").length >= length) return index;
    }
    return null;
  }

  #quoteAt(index) {
    const first = this.#lines[index];
    if (this.#depth >= DEEPEST_QUOTE || !QUOTE.test(first) || isBlank(first.slice(1))) return null;
    let end = index + 1;
    while (end < this.#lines.length && QUOTE.test(this.#lines[end])) end += 1;
    const lines = this.#lines.slice(index, end).map((line) => line.slice(2));
    return { block: { type: "quote", children: new Blocks(lines, this.#depth + 1).all() }, end };
  }
}

/** What stands behind the fence is the language, or else code: nothing that was written is lost. */
function codeBlock(after, lines) {
  const isLanguage = LANGUAGE.test(after) && !lines.every(isBlank);
  if (isLanguage) return { type: "code", language: after.toLowerCase(), text: lines.join("\n") };
  return { type: "code", text: (after === "" ? lines : [after, ...lines]).join("\n") };
}

function outdented(line, width) {
  let start = 0;
  while (start < width && (line[start] === " " || line[start] === "\t")) start += 1;
  return line.slice(start);
}
