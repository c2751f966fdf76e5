/** What a key marks selected text with, see docs/formatting.md; X with Shift. */
export const MARKS = { b: "**", i: "*", e: "\x60", x: "~~" };

/**
 * Returns the change that marks the selected part of a text up, or takes the marks away where they
 * are: `{start, end, text}` to be replaced, and `{from, to}` to be selected then. Without a
 * selection the marks are around the caret.
 */
export function markingOf(text, start, end, mark) {
  const [first, last] = withoutSpaces(text, start, end);
  const selected = text.slice(first, last);
  const isInside = text.slice(first - mark.length, first) === mark && text.slice(last).startsWith(mark);
  if (isInside && !isPartOfLonger(text, first, last, mark)) {
    return changeOf(first - mark.length, last + mark.length, selected, [0, selected.length]);
  }
  if (isMarked(selected, mark)) {
    const bare = selected.slice(mark.length, -mark.length);
    return changeOf(first, last, bare, [0, bare.length]);
  }
  if (mark === "\x60") return codeOf(first, last, selected);
  return changeOf(first, last, ...markedLines(selected, mark));
}

function changeOf(start, end, text, [from, to]) {
  return { start, end, text, from: start + from, to: start + to };
}

/** A mark beside a space would be none. */
function withoutSpaces(text, start, end) {
  let [first, last] = [start, end];
  while (first < last && /\s/.test(text[first])) first += 1;
  while (first < last && /\s/.test(text[last - 1])) last -= 1;
  return first === last ? [start, start] : [first, last];
}

/** One star of two is not the mark of emphasis; one of three is. */
function isPartOfLonger(text, first, last, mark) {
  return mark === "*" && (runBefore(text, first, "*") === 2 || runAfter(text, last, "*") === 2);
}

function runBefore(text, end, sign) {
  let count = 0;
  while (text[end - 1 - count] === sign) count += 1;
  return count;
}

function runAfter(text, start, sign) {
  let count = 0;
  while (text[start + count] === sign) count += 1;
  return count;
}

function isMarked(selected, mark) {
  const isLong = selected.length > 2 * mark.length;
  if (!isLong || !selected.startsWith(mark) || !selected.endsWith(mark)) return false;
  return mark !== "*" || runAfter(selected, 0, "*") !== 2;
}

/** Marks are closed in their own line. */
function markedLines(selected, mark) {
  const lines = selected.split("\n");
  if (lines.length === 1) return [mark + selected + mark, [mark.length, mark.length + selected.length]];
  const marked = lines.map((line) => line.replace(/\S(?:.*\S)?/, (words) => mark + words + mark));
  const text = marked.join("\n");
  return [text, [0, text.length]];
}

/** Several lines become a block; code with backticks in it needs more of them around it. */
function codeOf(start, end, selected) {
  const longest = Math.max(0, ...(selected.match(/\x60+/g) ?? []).map(({ length }) => length));
  if (selected.includes("\n")) {
    const fence = "\x60".repeat(Math.max(3, longest + 1));
    return changeOf(start, end, `${fence}\n${selected}\n${fence}`, [
      fence.length + 1,
      fence.length + 1 + selected.length,
    ]);
  }
  const fence = "\x60".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  const from = fence.length + space.length;
  return changeOf(start, end, fence + space + selected + space + fence, [from, from + selected.length]);
}
