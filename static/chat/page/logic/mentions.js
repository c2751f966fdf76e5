import { SPACELESS } from "../dialect/marks.js";
import { spokenTexts } from "../dialect/plain.js";
import { parseText } from "../dialect/parse.js";

// As chat/rules/mentions.py has them.
const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`;
const OF_WORD = `(?![${SPACELESS}])${LETTER}`;
const EVERYBODY_ENDS = String.raw`(?![/@-]|\.?${OF_WORD})`;
const SIGNS = /[.*+?^${}()|[\]\\]/g;

/**
 * Returns `{index, text, isMe, id}` of each place in a text that names somebody whom its message
 * mentions, under the name of now or of then; empty where there is none.
 *
 * @param {string} text
 * @param {{mentions?: object[], mentions_all?: string}} message
 * @param {string} [me] the id of this person
 */
export function findMentions(text, { mentions = [], mentions_all }, me) {
  const owners = ownersOfNames(mentions);
  const patterns = [...owners.keys()].sort((a, b) => b.length - a.length).map(patternOf);
  if (mentions_all) patterns.push(mentions_all + EVERYBODY_ENDS);
  if (patterns.length === 0) return [];
  const found = text.matchAll(new RegExp(`(?<!${OF_WORD})@(${patterns.join("|")})`, "giu"));
  return [...found].map(({ 0: text, 1: name, index }) => {
    const ids = owners.get(name.toLowerCase()) ?? [];
    const isMe = name.toLowerCase() === mentions_all || ids.includes(me);
    return { index, text, isMe, id: ids.length > 1 ? ids.shift() : ids[0] };
  });
}

/** Returns the ids of people by their names, in small letters: two may have had the same. */
function ownersOfNames(people) {
  const owners = new Map();
  for (const { id, name, was } of people) {
    for (const each of new Set([name, was ?? name].map((one) => one.toLowerCase()))) {
      owners.set(each, [...(owners.get(each) ?? []), id]);
    }
  }
  return owners;
}

/** A name that ends with a sign ends there, whatever follows it, or in a script without spaces. */
function patternOf(name) {
  const endsWith = (letter) => new RegExp(`${letter}$`, "u").test(name);
  const after = endsWith(OF_WORD) ? String.raw`(?!\p{M}|${OF_WORD})` : endsWith(LETTER) ? String.raw`(?!\p{M})` : "";
  return name.replace(SIGNS, "\\$&") + after;
}

/** Returns those of some people, `{id, name}`, whom a text names outside code. */
export function peopleNamed(text, people) {
  const spoken = people.length > 0 ? spokenTexts(parseText(text)) : [];
  const found = new Set(spoken.flatMap((each) => findMentions(each, { mentions: people }).map(({ id }) => id)));
  return people.filter(({ id }) => found.has(id));
}

/** Returns who is known of a room by their ids: who spoke, and who is here. */
export function knownUsers({ messages, members }) {
  const users = [...messages.map(({ author }) => author), ...members];
  return new Map(users.map((user) => [user.id, user]));
}
