import { knownUsers } from "./mentions.js";

const WORD = /(?:^|[\s([{\x22\x27])([@:])([^\s@:]*)$/u;
const COMMAND = /^\/([^\s/]*)$/u;
const EVERYBODY = ["here", "room"];
const FEWEST = { "@": 0, ":": 2 };
const WHOLE_CODE = /(?:^|[^\p{L}\p{N}:])(:([a-z0-9_+-]+):)$/u;

/**
 * Returns what is being typed before the caret that can be completed, `{sign, letters, start}`, or
 * null: after "@" a name, after ":" the shortcode of an emoji; after "/" a command, where there is no
 * more than that, also after the caret.
 */
export function wordBefore(text, after = "") {
  const [, command] = (after === "" && COMMAND.exec(text)) || [];
  if (command !== undefined) return { sign: "/", letters: command, start: 0 };
  const [, sign, letters] = WORD.exec(text) ?? [];
  if (sign === undefined || letters.length < FEWEST[sign]) return null;
  return { sign, letters, start: text.length - letters.length - 1 };
}

/** Returns a whole shortcode before the caret, `{code, start}`, or null. */
export function shortcodeBefore(text) {
  const [, whole, code] = WHOLE_CODE.exec(text) ?? [];
  return whole === undefined ? null : { code, start: text.length - whole.length };
}

/**
 * Returns the people whose name, or a word of it, begins with some letters: those first who spoke
 * last, then the others who are here.
 *
 * @param {{messages: object[], members: object[]}} snapshot of a room
 * @param {string} letters
 * @param {string} me the id of this person, who is not among them
 */
export function findPeople({ messages, members }, letters, me) {
  const users = knownUsers({ messages, members });
  const order = [...new Set([...messages.map(({ author }) => author).reverse(), ...members].map(({ id }) => id))];
  const fits = ({ id, name }) => id !== me && hasWord(name, letters);
  return order.map((id) => users.get(id)).filter(fits);
}

/** Returns whether a name, or a word of it, begins with some letters. */
export function hasWord(name, letters) {
  const wanted = letters.toLocaleLowerCase();
  return wordsOf(name).some((word) => word.startsWith(wanted));
}

/** Returns the words that mean everybody which begin with some letters, of which there is one at least. */
export function findEverybody(letters) {
  return letters === "" ? [] : EVERYBODY.filter((word) => word.startsWith(letters.toLowerCase()));
}

function wordsOf(name) {
  const lower = name.toLocaleLowerCase();
  return [lower, ...lower.split(/[\s._-]+/u)];
}
