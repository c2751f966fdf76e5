const ONLY_EMOJI = /^\s*(?:\p{RGI_Emoji}\s*){1,6}$/v;

/** True for a message of a few emoji and nothing else. */
export function isEmojiOnly(text) {
  return ONLY_EMOJI.test(text);
}
