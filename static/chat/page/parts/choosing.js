import { Chosen } from "../logic/chosen.js";
import { peopleNamed } from "../logic/mentions.js";
import { insertText } from "./emojibutton.js";

const MENTIONS_AT_MOST = 50;
const followed = new WeakMap();

/**
 * Follows who is chosen in a field where one writes, beginning with those at some `places`; calls
 * `onChange(places)` after whatever is typed. Comes before all else that listens to the field.
 */
export function followChosen(field, places, onChange) {
  const entry = { chosen: new Chosen(field.value, places), onChange };
  followed.set(field, entry);
  field.addEventListener("input", () => {
    entry.chosen.follow(field.value, field.selectionStart);
    onChange(entry.chosen.places);
  });
}

/** Puts another text into a field, and who is chosen at some `places` in it. */
export function replaceText(field, text, places) {
  field.value = text;
  followed.get(field).chosen = new Chosen(text, places);
}

/** Types the name of somebody in a field, who is meant by it then. */
export function insertPerson(field, user) {
  const start = field.selectionStart;
  insertText(field, `@${user.name} `);
  const { chosen, onChange } = followed.get(field);
  chosen.add(start, user);
  onChange(chosen.places);
}

/** Empties a field. */
export function clearField(field) {
  field.value = "";
  followed.get(field).chosen.follow("");
}

/** Returns who is meant by what is typed in a field, for `chat.send` and `chat.edit`. */
export function meantIn(field) {
  const people = peopleNamed(field.value, followed.get(field).chosen.people);
  if (people.length === 0) return {};
  return { mentions: people.slice(0, MENTIONS_AT_MOST).map(({ id }) => id), mentionNames: true };
}
