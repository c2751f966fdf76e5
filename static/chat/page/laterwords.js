import { addWords, translate, translateParts } from "./logic/translate.js";

/** What the scripts say that are loaded later: as WORDS in words.js, for those who import from here. */
export const LATER_WORDS = {
  // Emoji
  emojiRecent: "Used last",
  emojiFound: "Found",
  emojiSmileys: "Smileys",
  emojiPeople: "People",
  emojiAnimals: "Animals and nature",
  emojiFood: "Food and drink",
  emojiTravel: "Travel and places",
  emojiActivities: "Activities",
  emojiObjects: "Objects",
  emojiSymbols: "Symbols",
  emojiFlags: "Flags",

  // Reactions
  reactedWith: "{names} reacted with {emoji}",
  youFirst: "You",
  somebody: "somebody",

  // The menu
  keys: "Keyboard shortcuts",

  // What was copied, and who one is
  transcriptHead: "{name}, {time}",
  textCopied: "Text copied",
  codeCopied: "Code copied",
  youAre: "You are {you}",
  linkCopied: "Link copied",
  notCopied: "Could not copy. Select the text, and copy it from there.",
  linkNotCopied: "Could not copy. Copy the address from your browser.",
};

addWords(LATER_WORDS);

export { translate, translateParts };
