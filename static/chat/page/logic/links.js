import { parseUrl } from "../../client/base/address.js";
import { isBare, readableAddress } from "./addresses.js";

const ASIDE = String.raw`\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}`;
// A letter of a script in which a joiner between two letters changes how they look.
const JOINED = String.raw`(?![${ASIDE}])[\p{L}\p{M}]`;
// What is in no address of any script: spaces, what cannot be seen or turns the text, and the
// brackets, quotes and stops of a sentence, the ornamental quotes too. Those of ASCII can be in an
// address.
const FOREIGN = String.raw`\s\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800\u275B-\u2760\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Term}…⋯—―＂＜＞`;
const PART = [
  String.raw`[!#-'*-;=?-Z\\^-z|~]`,
  String.raw`${JOINED}[\u200C\u200D](?=${JOINED})`,
  String.raw`’(?=\p{Script=Latin})`,
  String.raw`[^\0-\x7F${FOREIGN}]`,
].join("|");
const PARTS = new RegExp(`(?:${PART})+`, "uy");
/** The source of a pattern for what every address begins with. */
export const BEGINNING = String.raw`[Hh][Tt]{2}[Pp][Ss]?:\/\/|[Ww]{3}\.[\p{L}\p{N}-]+\.`;
const BEGINNINGS = new RegExp(BEGINNING, "gu");
const INSIDE_A_WORD = new RegExp(String.raw`[${ASIDE}\p{N}@./_-]`, "u");
// At the end of an address these belong to the sentence around it, as does all punctuation that
// is not of ASCII.
const TRAILING = /[.,:;!?'\x60*_~|([{～]|(?![!-~])\p{P}/u;
const BRACKETS = { ")": "(", "]": "[", "}": "{" };
const UNSEEN = String.raw`[\0-\x08\x0E-\x1F\x7F-\x9F\p{Cf}\p{DI}]`;
const GOES_ON_UNSEEN = new RegExp(String.raw`${UNSEEN}+[${ASIDE}\p{N}@.:/%-]`, "uy");
// As a browser reads it: the other slashes are slashes, however many there are.
const HOST = /^(?:https?:[/\\]*)?([^/?#\\]*)/i;

/**
 * Splits a text into `{text}` and `{text, href, label}` parts; links are http and https only, and
 * https where only "www." was written. Joined, the parts' texts are the text. A `label` is the
 * text of a link, or the address that it opens where the text could be taken for another.
 */
export function splitLinks(text) {
  const parts = [];
  let end = 0;
  for (const { address, index } of addressesIn(text)) {
    const link = mayLink(text, index, address) && linkTo(address);
    if (!link) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, ...link });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Yields what is written like an address, without what ends the sentence around it. */
function* addressesIn(text) {
  let from = 0;
  for (;;) {
    BEGINNINGS.lastIndex = from;
    const match = BEGINNINGS.exec(text);
    if (!match) return;
    const { 0: beginning, index } = match;
    const address = addressAt(text, index, beginning);
    if (address) yield { address, index };
    from = index + (address.length || 1);
  }
}

/** Returns the address that has its beginning at `index`; "" where a word or nothing is there. */
export function addressAt(text, index, beginning) {
  if (/^w/i.test(beginning) && INSIDE_A_WORD.test(text[index - 1] ?? "")) return "";
  const end = endOfAddress(text, index + beginning.length);
  return end > index + beginning.length ? withoutTail(text.slice(index, end)) : "";
}

/**
 * Returns where an address ends whose beginning ends at `start`: at the latest at a bracket that
 * closes nothing.
 */
export function endOfAddress(text, start) {
  const open = { "(": 0, "[": 0, "{": 0 };
  for (let end = start; ; end += 1) {
    PARTS.lastIndex = end;
    if (PARTS.test(text)) end = PARTS.lastIndex;
    const sign = text[end];
    if (sign in open) open[sign] += 1;
    else if (open[BRACKETS[sign]] > 0) open[BRACKETS[sign]] -= 1;
    else return end;
  }
}

function withoutTail(address) {
  const characters = [...address];
  while (characters.length && TRAILING.test(characters.at(-1))) characters.pop();
  return characters.join("");
}

/** Returns whether an address in a text may be a link, as far as it is written. */
export function mayLink(text, index, address) {
  const host = HOST.exec(address)[1];
  // The words before the @ are no host, and look like one.
  if (host.includes("@") || !/[\p{L}\p{N}]/u.test(host)) return false;
  if (!isBare(typedInFull(address))) return true;
  // "https://bank.co", something that cannot be seen, and "m": the link would be to another host.
  GOES_ON_UNSEEN.lastIndex = index + address.length;
  return !GOES_ON_UNSEEN.test(text);
}

/** Returns where an address leads and how it is shown, or null where it may not be a link. */
export function linkTo(address) {
  const url = parseUrl(typedInFull(address));
  if (!url || url.username || url.password) return null;
  return { href: url.href, label: readableAddress(address, url) };
}

/** Returns the host of an address as it is written, in small letters. */
export function hostOf(address) {
  return HOST.exec(address)[1].toLowerCase();
}

function typedInFull(address) {
  return /^www/i.test(address) ? `https://${address}` : address;
}
