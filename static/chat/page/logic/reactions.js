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
