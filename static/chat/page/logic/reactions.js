import { nameList } from "./words.js";
import { translate, translateParts } from "./translate.js";

export const USUAL = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/**
 * Returns the reactions of a message, `{emoji, count, by, mine}`, with those of this person that
 * the room does not know yet.
 *
 * @param {object} message
 * @param {object[]} changes as a snapshot has them
 * @param {string} me the id of this person
 */
export function reactionsNow({ seq, id, reactions = [] }, changes, me) {
  const own = changes.filter(({ kind, of }) => kind === "react" && (of === seq || of === id));
  return own.reduce((before, change) => withOwn(before, change, me), reactions);
}

function withOwn(reactions, { emoji, on }, me) {
  const known = reactions.find((each) => each.emoji === emoji);
  if ((known?.mine ?? false) === on) return reactions;
  if (!known) return [...reactions, { emoji, count: 1, by: [me], mine: true }];
  const by = on ? [...known.by, me] : known.by.filter((id) => id !== me);
  const changed = { emoji, count: known.count + (on ? 1 : -1), by, mine: on };
  return reactions.map((each) => (each === known ? changed : each)).filter(({ count }) => count > 0);
}

/**
 * "You, Ana and 3 others reacted with 👍", as a list of words.
 *
 * @param {{emoji: string, count: number, by: string[], mine: boolean}} reaction
 * @param {string} me
 * @param {(id: string) => string | undefined} nameOf
 */
export function reactionWords({ emoji, count, by, mine }, me, nameOf) {
  const others = by.filter((id) => id !== me).map(nameOf).filter(Boolean);
  const known = [...(mine ? [translate("youFirst")] : []), ...others].slice(0, count);
  const unknown = Array(count - known.length).fill(translate("somebody"));
  const names = nameList([...known, ...unknown].map((name) => ({ name })));
  return translateParts("reactedWith", { names, emoji });
}
