import { endOfAddress, hostOf, mayLink } from "../logic/links.js";
import { resolveMarks } from "./marks.js";

const NAMED = /\((https?:\/\/)/iy;
const SEEN = /[^\p{White_Space}\p{Cc}\p{Cf}\p{DI}]/u;
const UNSEEN = /[\p{Cc}\p{Cf}\p{DI}]/gu;
const TURNS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
// Full stops, and what looks like one.
const DOT = String.raw`[.\u00B7\u0660\u06D4\u0701\u0702\u2024\u2027\u2219\u22C5\u3002\uA4F8\uA60E\uFF0E\uFF61]`;
const ADDRESS_LIKE = new RegExp(
  String.raw`:/|[^\p{White_Space}]\p{White_Space}*${DOT}[\p{L}\p{N}]`,
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
  return isDeceptive(text, address) ? { ...link, showsHost: true } : link;
}

/** Returns true where a text could be read as another address than the one that it opens. */
function isDeceptive(text, address) {
  const isLikeAddress = TURNS.test(text) || ADDRESS_LIKE.test(text.replace(UNSEEN, ""));
  return isLikeAddress && !(ASCII.test(text) && hostOf(text) === hostOf(address));
}
