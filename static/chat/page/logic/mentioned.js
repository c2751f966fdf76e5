import { findMentions } from "./mentions.js";

/** Returns the places of those whom a message mentions in its text. */
export function placesOf(text, mentions) {
  const found = findMentions(text, { mentions }).filter(({ id }) => id !== undefined);
  return found.map(({ index, text: { length }, id }) => ({ start: index, end: index + length, id }));
}
