import { parseLine } from "./inline.js";
import { joinTexts } from "./marks.js";

// A backslash before what would begin a block.
const ESCAPED = /^([ \t]*)\\(?=>(?: |$)|- )|^([ \t]*\d{1,9})\\(?=[.)] )/;

/** Returns the children of a paragraph or an item: a mark is closed in its own line. */
export function parseLines(lines) {
  const children = [];
  for (const line of lines) {
    if (children.length > 0) children.push("\n");
    children.push(...parseLine(line.replace(ESCAPED, "$1$2")));
  }
  return joinTexts(children);
}

/** Returns true for a line of nothing but spaces and tabs. */
export function isBlank(line) {
  return /^[ \t]*$/.test(line);
}

/** Returns a line without these characters at its end. */
export function withoutEnd(line, characters) {
  let end = line.length;
  while (end > 0 && characters.includes(line[end - 1])) end -= 1;
  return line.slice(0, end);
}
