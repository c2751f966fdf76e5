const SIGNS = new Intl.Segmenter();

/** The length of a text as the server counts it: in code points. */
export function countCharacters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The first sign of a name as one sees it, for the round initial. */
export function initialOf(name) {
  const [first] = SIGNS.segment(name);
  return first ? first.segment.toLocaleUpperCase() : "";
}

/** A message as it goes out: without the blank lines around it. */
export function trimBody(text) {
  return text.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd();
}
