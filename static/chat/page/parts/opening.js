import { translateParts } from "../logic/translate.js";
import { part, showWords } from "./dom.js";

/** Says in the place of the messages that the room is being opened, until one is in it. */
export function mountOpening({ chat, part, name }) {
  const opening = part("opening");
  showWords(opening, translateParts("opening", { room: { name } }));
  opening.hidden = false;
  chat.on("joined", () => (opening.hidden = true));
}
