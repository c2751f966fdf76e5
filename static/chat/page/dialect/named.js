import { endOfAddress, hostOf, mayLink } from "../logic/links.js";
import { resolveMarks } from "./marks.js";

const NAMED = /\((https?:\/\/)/iy;
const SEEN = /[^\p{White_Space}\p{Cc}\p{Cf}\p{DI}]/u;
const UNSEEN = /[\p{Cc}\p{Cf}\p{DI}]/gu;
const TURNS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
// Full stops, and what looks like one by UTS 39 or NFKC, also behind a digit ("⒈").
const DOT = [
  String.raw`[.\u00B7\u02D1\u0387\u0660\u06D4\u06F0\u0701\u0702\u0830\u0A76\u1427\u16EB\u2022\u2024`,
  String.raw`\u2027\u2219\u22C5\u2488-\u249B\u2E31\u2E33\u3002\u30FB\u33C2\u33C7\u33D8\uA4F8\uA4FB`,
  String.raw`\uA4FE\uA60E\uA78F\uABEC\uFE12\uFE52\uFF0E\uFF61\uFF65\u{10101}\u{1091F}\u{10A50}`,
  String.raw`\u{11174}\u{111C7}\u{115C4}\u{116B9}\u{12562}\u{1D16D}\u{1ECAE}\u{1F100}]`,
].join("");
const GAP = String.raw`[\p{White_Space}\u2800]`;
// A mark on a space is a dot too. Behind a dot only a common space ends a sentence.
const ADDRESS_LIKE = new RegExp(
  [
    String.raw`[:\u2236\uA789\uFE55\uFF1A][/\u2044\u2215\u29F8\uFF0F]`,
    String.raw`|[^\p{White_Space}]${GAP}*(?:${DOT}|(?<=${GAP})\p{M})(?:(?! |${DOT})(?:${GAP}|\p{M}))*`,
    String.raw`(?:[\p{L}\p{N}|]|(?![ -~]|\p{Extended_Pictographic})\p{S})`,
  ].join(""),
  "u",
);
const ASCII = /^[!-~]+$/;

/** Returns the address in brackets at `index`, as behind the text of a link, or null. */
export function namedAddressAt(line, index) {
  NAMED.lastIndex = index;
  const match = NAMED.exec(line);
  if (!match) return null;
  const start = index + match[0].length;
  const end = endOfAddress(line, start);
  const address = line.slice(index + 1, end);
  return end > start && line[end] === ")" && mayLink(line, index + 1, address) ? address : null;
}

/** Returns the link that these tokens are the text of; null where there is nothing to see. */
export function namedLink(tokens, address) {
  const flat = tokens.map((token) => (token.type === "link" ? token.address : token));
  const text = flat.map((token) => token.text ?? token).join("");
  if (!SEEN.test(text)) return null;
  const link = { type: "link", address, children: resolveMarks(flat) };
  // A mark in pairs is not seen; struck words are, and read as if they were not there.
  const readings = [text, shownText(link.children)];
  return isDeceptive(readings, address) ? { ...link, showsHost: true } : link;
}

function shownText(children) {
  return children.map((child) => child.text ?? (child.children ? shownText(child.children) : child)).join("");
}

/** Returns true where a text could be read as another address than the one that it opens. */
function isDeceptive(readings, address) {
  const isSame = readings.every((text) => ASCII.test(text) && hostOf(text) === hostOf(address));
  return readings.some(isLikeAddress) && !isSame;
}

function isLikeAddress(text) {
  return TURNS.test(text) || ADDRESS_LIKE.test(text.replace(UNSEEN, ""));
}
