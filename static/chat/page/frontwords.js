import { addWords, translate } from "./logic/translate.js";

/** What the front page alone says: as WORDS in words.js, for those who import from here. */
export const FRONT_WORDS = {
  allOfRooms: { one: "All {count} room", other: "All {count} rooms" },
  closedRoom: "Closed",
  hereNow: "{count} here",
};

addWords(FRONT_WORDS);

export { translate };
