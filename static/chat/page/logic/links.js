const ADDRESS = /(?:https?:\/\/|(?<![\p{L}\p{N}@./_-])www\.[\p{L}\p{N}-]+\.)[^\s<>"]+/giu;
const TRAILING = /[.,:;!?'’”*_~]$/u;
const BRACKETS = { ")": "(", "]": "[", "}": "{" };

/**
 * Splits a text into `{text}` and `{text, href}` parts; links are http and https only, and
 * https where only "www." was written. Joined, the parts' texts are the text.
 */
export function splitLinks(text) {
  const parts = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutTail(found);
    const href = /^www/i.test(address) ? `https://${address}` : address;
    if (!URL.canParse(href)) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, href: new URL(href).href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Returns the address without what ends the sentence around it. */
function withoutTail(address) {
  let rest = address;
  while (TRAILING.test(rest) || closesNothing(rest)) rest = rest.slice(0, -1);
  return rest;
}

function closesNothing(address) {
  const opening = BRACKETS[address.at(-1)];
  if (!opening) return false;
  const count = (sign) => address.split(sign).length;
  return count(address.at(-1)) > count(opening);
}
