import { parseText } from "../dialect/parse.js";
import { plainText } from "../dialect/plain.js";

// More than a line has room for.
const EXCERPT = 160;

/** Returns the first words of a message, without marks and in one line. */
export function excerptOf({ body, format }) {
  // Marks take space too: of a long message the rest need not be read.
  const begun = body.slice(0, 4 * EXCERPT);
  const text = format === "plain" ? begun : plainText(parseText(begun));
  return [...text.replace(/\s+/gu, " ").trim()].slice(0, EXCERPT).join("");
}
