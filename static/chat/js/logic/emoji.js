const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\s)+$/v;
const AT_MOST = 6;

/** True for a message of a few emoji and nothing else. */
export function isEmojiOnly(text) {
  if (!ONLY_EMOJI.test(text)) return false;
  return Array.from(text.matchAll(/\p{RGI_Emoji}/gv)).length <= AT_MOST;
}
