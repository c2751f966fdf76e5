const AUTHORITY = /^https?:\/\/([^/?#]*)/i;
// Of the Latin alphabet only what languages are written with: it has many letters that look alike.
const LATIN = /^[a-z0-9ß-öø-ÿāăąćċčďđēėęěğģħīįķĺļľłńņňōőœŕřśşšţťūůűųŵŷźżžơưșțḁ-ỹ-]+$/u;
const JAPANESE_AND_CHINESE = /^[0-9\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー-]+$/u;
const KOREAN = /^[0-9\p{Script=Han}\p{Script=Hangul}-]+$/u;
const OTHERS = [
  ...["Arabic", "Armenian", "Bengali", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek"],
  ...["Gujarati", "Gurmukhi", "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar"],
  ...["Oriya", "Sinhala", "Tamil", "Telugu", "Thai", "Tibetan"],
].map((script) => new RegExp(`^[0-9\\p{Script=${script}}-]+$`, "u"));
const ALPHABETS = [LATIN, JAPANESE_AND_CHINESE, KOREAN, ...OTHERS];
const LIKE_LATIN = /[\p{Script=Armenian}\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** Returns true for an address that is a scheme and a host, with nothing after it. */
export function isBare(address) {
  return AUTHORITY.exec(address)?.[0] === address;
}

/**
 * Returns an address as it was typed where that names the host that it opens, else the address
 * that it opens. Those differ where a host has letters of several alphabets, or letters that look
 * like Latin ones before a Latin ending, or %-codes, or slashes the other way round.
 */
export function readableAddress(typed, url) {
  const host = AUTHORITY.exec(typed)?.[1] ?? typed.split(/[/?#]/, 1)[0];
  const isRead = host.toLowerCase() === url.host || isUnmistakable(host, url);
  return isRead && !typed.includes("\\") ? typed : url.href;
}

/** Returns true for an international host that cannot be taken for another one. */
function isUnmistakable(host, url) {
  if (!url.host.includes("xn--")) return false;
  const labels = host.toLowerCase().normalize("NFC").replace(/:\d+$/, "").split(".");
  const hasLatinEnding = LATIN.test(labels.at(-1));
  return labels.every((label) => {
    if (hasLatinEnding && LIKE_LATIN.test(label)) return false;
    return ALPHABETS.some((alphabet) => alphabet.test(label));
  });
}
