import { translate, translateParts } from "../laterwords.js";
import { nameList } from "./words.js";

/**
 * "You, Ana and 3 others reacted with 👍", as a list of words.
 *
 * @param {{emoji: string, count: number, by: string[], mine: boolean}} reaction
 * @param {string} me the id of this person
 * @param {(id: string) => string | undefined} nameOf
 */
export function reactionWords({ emoji, count, by, mine }, me, nameOf) {
  const others = by.filter((id) => id !== me).map(nameOf).filter(Boolean);
  const known = [...(mine ? [translate("youFirst")] : []), ...others].slice(0, count);
  const unknown = Array(count - known.length).fill(translate("somebody"));
  const names = nameList([...known, ...unknown].map((name) => ({ name })));
  return translateParts("reactedWith", { names, emoji });
}
