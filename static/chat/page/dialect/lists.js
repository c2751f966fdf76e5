import { isBlank, parseLines } from "./lines.js";

const ITEM = /^([ \t]*)([-*]|\d{1,9}[.)])[ \t]+([^ \t].*)$/s;
const CONTINUED = /^(?: {2}|\t)[ \t]*([^ \t].*)$/s;
const FENCE_OR_QUOTE = /^[ \t]*(?:\x60{3}|>(?: |$))/;
const DEEPEST = 4;

/** Returns the list that begins at a line, and the line after its end; null where there is none. */
export function parseList(lines, index) {
  const found = [];
  let end = index;
  for (; end < lines.length; end += 1) {
    const item = itemOf(lines[end]);
    const more = found.length > 0 && !item ? continuationOf(lines[end]) : null;
    if (item) found.push(item);
    else if (more) found.at(-1).lines.push(more);
    else break;
  }
  return end > index ? { block: { type: "list", items: nested(found) }, end } : null;
}

function itemOf(line) {
  const [, indentation, marker, text] = ITEM.exec(line) ?? [];
  return marker && { indent: indentation.replaceAll("\t", "    ").length, marker, lines: [text] };
}

/** Returns what a line adds to the item above it, or null. */
function continuationOf(line) {
  if (isBlank(line) || FENCE_OR_QUOTE.test(line)) return null;
  return CONTINUED.exec(line)?.[1] ?? null;
}

/** Returns items in their places: those that are indented further belong to the one above them. */
function nested(found) {
  const levels = [{ indent: found[0].indent, items: [] }];
  for (const { indent, marker, lines } of found) {
    while (levels.length > 1 && indent < levels.at(-1).indent) levels.pop();
    const above = levels.at(-1).items.at(-1);
    if (above && indent >= levels.at(-1).indent + 2 && levels.length < DEEPEST) {
      above.items ??= [];
      levels.push({ indent, items: above.items });
    }
    levels.at(-1).items.push({ marker, children: parseLines(lines) });
  }
  return levels[0].items;
}
