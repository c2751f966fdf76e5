// Unicode's Bidi_Control, and what belongs to scripts that are written from right to left.
const CONTROLS = String.raw`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069`;
const LETTERS = String.raw`\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}`;
const EVERY_CONTROL = new RegExp(`[${CONTROLS}]`, "gu");
const TURNING = new RegExp(`[${CONTROLS}${LETTERS}]`, "u");
const OVERRIDE = /([\u202D\u202E])/u;

/** Splits a text at the characters that turn all text after them: `{text, isOverride}` parts. */
export function splitOverrides(text) {
  const pieces = text.split(OVERRIDE).map((piece, index) => ({
    text: piece,
    isOverride: index % 2 === 1,
  }));
  return pieces.filter((piece) => piece.text !== "");
}

/** Returns true where the next letter would be the first of a paragraph, and set its direction. */
export function startsParagraph(before) {
  return !/\p{L}/u.test(before.slice(before.lastIndexOf("\n") + 1));
}

/** Returns a name as it may stand in plain words: from right to left, it does not turn them. */
export function isolatedName(name) {
  return TURNING.test(name) ? `\u2068${name.replace(EVERY_CONTROL, "")}\u2069` : name;
}
