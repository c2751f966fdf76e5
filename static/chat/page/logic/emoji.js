/** The groups of emoji in the data, by their numbers, in the order of the picker. */
export const GROUPS = [
  [0, "emojiSmileys"],
  [1, "emojiPeople"],
  [3, "emojiAnimals"],
  [4, "emojiFood"],
  [5, "emojiTravel"],
  [6, "emojiActivities"],
  [7, "emojiObjects"],
  [8, "emojiSymbols"],
  [9, "emojiFlags"],
];
// Swatches of skin tones and hair.
const COMPONENTS = 2;
const NEEDLESS = /(\p{Emoji_Presentation})\uFE0F/gu;
const WORD = /[\s_-]+/u;

/**
 * Returns what people choose among, of the vendored data. These ask for the picture with a character
 * that Unicode lists only for emoji that are a letter without it, and so does the server.
 */
export function choosableEmoji(data) {
  const all = data.filter(({ group }) => group !== COMPONENTS);
  return all.map((each) => ({ ...each, emoji: each.emoji.replace(NEEDLESS, "$1") }));
}

/** Returns an emoji in a skin tone, 1 to 5; 0 is none. */
export function withTone({ emoji, skins = [] }, tone) {
  return skins.find((skin) => skin.tone === tone)?.emoji ?? emoji;
}

/**
 * Returns the emoji that are meant by some letters, the likeliest first: those with a shortcode that
 * begins so, then those with another word that does.
 *
 * @param {object[]} all as the data has them
 * @param {string} letters
 */
export function findEmoji(all, letters) {
  const wanted = letters.toLowerCase().split(WORD).filter(Boolean);
  if (wanted.length === 0) return [];
  const ranked = all.map((each) => [rankOf(each, wanted, letters.toLowerCase()), each]);
  return ranked
    .filter(([rank]) => rank < Infinity)
    .sort(([a], [b]) => a - b)
    .map(([, each]) => each);
}

function rankOf({ shortcodes = [], annotation, tags = [] }, wanted, letters) {
  if (shortcodes.includes(letters)) return 0;
  if (shortcodes.some((code) => code.startsWith(letters))) return 1;
  const words = [...shortcodes, annotation, ...tags].flatMap((text) => text.toLowerCase().split(WORD));
  return wanted.every((part) => words.some((word) => word.startsWith(part))) ? 2 : Infinity;
}
