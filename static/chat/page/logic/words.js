import { isolatedName } from "./direction.js";

const NAMED_AT_MOST = 3;
const WARN_BELOW = 200;
const WARN_SHARE = 0.2;

/**
 * "Ana", "Ana and Ion", "Ana, Ion and Mia", "Ana, Ion and 3 others": a list of words, in which
 * each user is a `{name, kind}`, so that a name written from right to left does not reorder the
 * others, and members are marked.
 */
export function nameList(users) {
  const named = users.length > NAMED_AT_MOST ? users.slice(0, 2) : users;
  const listed = named.map(({ name, kind }) => ({ name, kind }));
  if (named.length < users.length) listed.push(`${users.length - named.length} others`);
  const last = listed.length - 1;
  return listed.flatMap((each, index) => {
    if (index === 0) return [each];
    return [index === last ? " and " : ", ", each];
  });
}

/** "Ana is typing", "Ana and Ion are typing", "Several people are typing"; empty for nobody. */
export function typingWords(users) {
  if (users.length === 0) return [];
  if (users.length > NAMED_AT_MOST) return ["Several people are typing"];
  return [...nameList(users), users.length === 1 ? " is typing" : " are typing"];
}

export function peopleText(count) {
  return count === 1 ? "1 person here" : `${count} people here`;
}

/** "100 left", "199 too many", of `limit` characters; empty while many are left. */
export function roomLeftText(left, limit) {
  if (left < 0) return `${-left} too many`;
  return left < Math.min(WARN_BELOW, limit * WARN_SHARE) ? `${left} left` : "";
}

export function newMessagesText(count) {
  if (count === 0) return "";
  return count === 1 ? "1 new message" : `${count} new messages`;
}

/** Returns the title of the tab. */
export function titleText({ unread, room, site }) {
  const count = unread > 0 ? `(${unread}) ` : "";
  return `${count}${isolatedName(room)} – ${isolatedName(site)}`;
}

/** Returns the whole seconds from `now` until `time`, both in ms; at least one. */
export function secondsUntil(time, now) {
  return Math.max(1, Math.ceil((time - now) / 1000));
}
