import { addWords, translate, translateParts } from "./logic/translate.js";

/** What the scripts say that are loaded later: as WORDS in words.js, for those who import from here. */
export const LATER_WORDS = {
  // The list of rooms
  directMessages: "Direct messages",
  switchRoom: "Go to a room",
  nothingFound: "Nothing found. Try other letters.",
  forYou: "for you",

  // A room that asks for a password
  enterRoom: "Join {name}",
  roomAsks: "This room asks for a password, once.",
  password: "Password",
  enter: "Join",

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

  // What was copied, and who one is
  transcriptHead: "{name}, {time}",
  textCopied: "Text copied",
  codeCopied: "Code copied",
  youAre: "You are {you}",
  linkCopied: "Link copied",
  linkNotCopied: "Could not copy. Copy the address from your browser.",
};

addWords(LATER_WORDS);

export { translate, translateParts };
