const ONLY_EMOJI = /^\s*(?:\p{RGI_Emoji}\s*){1,6}$/v;

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
