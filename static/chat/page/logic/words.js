import { EDIT_ENDED, EDIT_OF_DELETED } from "./changes.js";
import { isolatedName } from "./direction.js";
import { translate, translateParts } from "./translate.js";

const NAMED_AT_MOST = 3;
const WARN_BELOW = 200;
const WARN_SHARE = 0.2;
// What the library finds by itself, its own words for which are for developers.
const FAILURES = { conflict: translate("maybeSent"), too_long: translate("tooLong") };
const CHANGE_FAILURES = {
  ...FAILURES,
  conflict: translate("changedElsewhere"),
  [EDIT_OF_DELETED]: translate("deletedElsewhere"),
  [EDIT_ENDED]: translate("editEnded"),
};

/**
 * "Ana", "Ana and Ion", "Ana, Ion and Mia", "Ana, Ion and 3 others": a list of words, in which
 * each user is a `{name, kind}`, so that a name written from right to left does not reorder the
 * others, and members are marked.
 */
export function nameList(users) {
  const named = users.length > NAMED_AT_MOST ? users.slice(0, 2) : users;
  const listed = named.map(({ name, kind }) => ({ name, kind }));
  const count = users.length - named.length;
  const [first, second, third] = count > 0 ? [...listed, translate("others", { count })] : listed;
  if (!second) return [first];
  if (!third) return translateParts("two", { first, second });
  return translateParts("three", { first, second, third });
}

/** "Ana is typing", "Ana and Ion are typing", "Several people are typing"; empty for nobody. */
export function typingWords(users) {
  if (users.length === 0) return [];
  if (users.length > NAMED_AT_MOST) return [translate("severalTyping")];
  return translateParts("typing", { count: users.length, names: nameList(users) });
}

export function peopleText(count) {
  return translate("peopleHere", { count });
}

/** "100 characters left", of `limit`, or "199 characters too long"; empty while many are left. */
export function roomLeftText(left, limit) {
  if (left < 0) return translate("charactersTooMany", { count: -left });
  const isNear = left < Math.min(WARN_BELOW, limit * WARN_SHARE);
  return isNear ? translate("charactersLeft", { count: left }) : "";
}

/** "3 new messages", "1 new message, for you"; empty for none. */
export function newMessagesText(count, mentions = 0) {
  if (count === 0) return "";
  const words = translate("newMessages", { count });
  return mentions === 0 ? words : translate("someForYou", { words, count: mentions });
}

/**
 * Returns why a message, or a change of one, was not sent: in words of the page's own, else of the
 * server's.
 */
export function failureText({ code, message }, kind) {
  return (kind ? CHANGE_FAILURES : FAILURES)[code] ?? message;
}

/** Returns the title of the tab: with the number of mentions, else of unread messages. */
export function titleText({ unread, mentions = 0, isElsewhere = false, room, site }) {
  const number = mentions > 0 ? `@${mentions}` : unread || "";
  const sign = isElsewhere ? "• " : "";
  const count = number ? `(${number}) ` : sign;
  return `${count}${isolatedName(room)} – ${isolatedName(site)}`;
}

/** Returns the whole seconds from `now` until `time`, both in ms; at least one. */
export function secondsUntil(time, now) {
  return Math.max(1, Math.ceil((time - now) / 1000));
}
