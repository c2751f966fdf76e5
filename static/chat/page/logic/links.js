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
  "[!#-;=?-~]",
  String.raw`${JOINED}[\u200C\u200D](?=${JOINED})`,
  String.raw`’(?=\p{Script=Latin})`,
  String.raw`[^\0-\x7F${FOREIGN}]`,
].join("|");
const BEGINNING = String.raw`https?:\/\/|www\.[\p{L}\p{N}-]+\.`;
const ADDRESS = new RegExp(`(?:${BEGINNING})(?:${PART})+`, "giu");
const INSIDE_A_WORD = new RegExp(String.raw`[${ASIDE}\p{N}@./_-]`, "u");
// At the end of an address these belong to the sentence around it, as does all punctuation that
// is not of ASCII.
const TRAILING = /[.,:;!?'\x60*_~|([{～]|(?![!-~])\p{P}/u;
const BRACKETS = { ")": "(", "]": "[", "}": "{" };
const UNSEEN = String.raw`[\0-\x08\x0E-\x1F\x7F-\x9F\p{Cf}\p{DI}]`;
const GOES_ON_UNSEEN = new RegExp(String.raw`^${UNSEEN}+[${ASIDE}\p{N}@.:/%-]`, "u");

/**
 * Splits a text into `{text}` and `{text, href, label}` parts; links are http and https only, and
 * https where only "www." was written. Joined, the parts' texts are the text. A `label` is the
 * text of a link, or the address that it opens where the text could be taken for another.
 */
export function splitLinks(text) {
  const parts = [];
  let end = 0;
  for (const { address, index } of addressesIn(text)) {
    const link = linkTo(address, text.slice(index + address.length));
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
  while (from < text.length) {
    ADDRESS.lastIndex = from;
    const match = ADDRESS.exec(text);
    if (!match) return;
    const { 0: found, index } = match;
    const isWord = /^w/i.test(found) && INSIDE_A_WORD.test(text[index - 1] ?? "");
    const address = isWord ? "" : withoutTail(found);
    if (address) yield { address, index };
    from = index + (address.length || 1);
  }
}

/** Returns where an address leads and how it is shown, or null where it may not be a link. */
function linkTo(address, rest) {
  const typed = /^www/i.test(address) ? `https://${address}` : address;
  const url = parseUrl(typed);
  if (!url) return null;
  // The words before the @ are no host, and look like one.
  if (url.username || url.password) return null;
  // "https://bank.co", something that cannot be seen, and "m": the link would be to another host.
  if (isBare(typed) && GOES_ON_UNSEEN.test(rest)) return null;
  return { href: url.href, label: readableAddress(address, url) };
}

function withoutTail(address) {
  let rest = address.slice(0, balancedLength(address));
  while (rest && TRAILING.test(rest.at(-1))) rest = rest.slice(0, -1);
  return rest;
}

/** Returns the length of an address up to the first bracket that closes nothing. */
function balancedLength(address) {
  const open = { "(": 0, "[": 0, "{": 0 };
  for (let index = 0; index < address.length; index += 1) {
    const sign = address[index];
    const opening = BRACKETS[sign];
    if (sign in open) open[sign] += 1;
    else if (opening && open[opening] === 0) return index;
    else if (opening) open[opening] -= 1;
  }
  return address.length;
}
