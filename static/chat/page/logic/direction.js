// Unicode's Bidi_Control, and what belongs to scripts that are written from right to left.
const CONTROLS = String.raw`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069`;
const LETTERS = String.raw`\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}`;
const EVERY_CONTROL = new RegExp(`[${CONTROLS}]`, "gu");
const TURNING = new RegExp(`[${CONTROLS}${LETTERS}]`, "u");
const OVERRIDE = /([\u202D\u202E])/u;
const CONTROL = new RegExp(`([${CONTROLS}])`, "u");
// What parts a scheme, labels of a host, folders of a path, and fields of a query.
const BETWEEN_PIECES = /([:/.?#&=]+)/;

/** Splits a text at the characters that turn all text after them: `{text, isTurning}` parts. */
export function splitOverrides(text) {
  return splitAt(OVERRIDE, text);
}

/** Splits a text at all characters that turn what is around them: `{text, isTurning}` parts. */
export function splitControls(text) {
  return splitAt(CONTROL, text);
}

function splitAt(pattern, text) {
  const pieces = text.split(pattern).map((piece, index) => ({
    text: piece,
    isTurning: index % 2 === 1,
  }));
  return pieces.filter((piece) => piece.text !== "");
}

/**
 * Splits an address at the signs between its pieces: `{text, isTurning}` parts. Where two pieces
 * from right to left are beside each other, they would change places: a folder could pass for the
 * host. So would a number after one.
 */
export function splitAddress(address) {
  const pieces = address.split(BETWEEN_PIECES).filter((piece) => piece !== "");
  return pieces.map((text) => ({ text, isTurning: TURNING.test(text) }));
}

/** Returns true where the next letter would be the first of a paragraph, and set its direction. */
export function startsParagraph(before) {
  return !/\p{L}/u.test(before.slice(before.lastIndexOf("\n") + 1));
}

/** Returns a name as it may stand in plain words: from right to left, it does not turn them. */
export function isolatedName(name) {
  return TURNING.test(name) ? `\u2068${name.replace(EVERY_CONTROL, "")}\u2069` : name;
}
