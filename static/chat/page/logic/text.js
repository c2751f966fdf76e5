// As \p{RGI_Emoji}, which needs the flag "v": a browser without it could not read this file.
const FLAG = String.raw`\p{RI}{2}`;
const KEYCAP = String.raw`[0-9#*]\uFE0F\u20E3`;
const PICTURE = String.raw`\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Emoji_Presentation}|\p{Emoji}\uFE0F`;
const TAGS = String.raw`(?:[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const SINGLE = String.raw`(?![0-9#*\p{RI}])(?:${PICTURE})${TAGS}`;
const EMOJI = String.raw`(?:${FLAG}|${KEYCAP}|${SINGLE}(?:\u200D${SINGLE})*)`;
const ONLY_EMOJI = new RegExp(String.raw`^\s*(?:${EMOJI}\s*){1,6}$`, "u");

/** Returns the length of a text as the server counts it: in code points. */
export function countCharacters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Returns a message as it is sent: without the blank lines around it. */
export function trimBody(text) {
  return text.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd();
}

/** Returns true for one to six emoji and nothing else. */
export function isEmojiOnly(text) {
  return ONLY_EMOJI.test(text);
}

/** Returns texts one below the other, without those that are empty or there already. */
export function joinedTexts(...texts) {
  return [...new Set(texts.filter((text) => text))].join("\n");
}
