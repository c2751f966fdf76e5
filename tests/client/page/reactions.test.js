import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { GROUPS, choosableEmoji, findEmoji, withTone } from "../../../static/chat/page/logic/emoji.js";
import { reactionWords } from "../../../static/chat/page/logic/reactionwords.js";
import { USUAL, reactionsNow } from "../../../static/chat/page/logic/reactions.js";

const PATH = "../../../static/vendor/emoji-picker-element-data-1.8.0/data.json";
const ALL = choosableEmoji(JSON.parse(readFileSync(new URL(PATH, import.meta.url), "utf8")));
const text = (words) => words.map((word) => word.name ?? word).join("");

function react(emoji, on = true, of = 4) {
  return { kind: "react", of, emoji, on, state: "waiting" };
}

test("a reaction on its way is counted once", () => {
  const known = [{ emoji: "👍", count: 2, by: ["ben", "ana"], mine: true }];
  const message = { seq: 4, id: "m", reactions: known };
  assert.deepEqual(reactionsNow(message, [react("👍")], "ana"), known);
  assert.deepEqual(reactionsNow(message, [react("👍", true, 5)], "ana"), known);
  const [fewer] = reactionsNow(message, [react("👍", false)], "ana");
  assert.deepEqual(fewer, { emoji: "👍", count: 1, by: ["ben"], mine: false });
  const [, added] = reactionsNow(message, [react("🎉", true, "m")], "ana");
  assert.deepEqual(added, { emoji: "🎉", count: 1, by: ["ana"], mine: true });
  assert.deepEqual(reactionsNow({ seq: 4 }, [react("🎉"), react("🎉", false)], "ana"), []);
});

test("who reacted is said by name, as far as names are known", () => {
  const nameOf = (id) => ({ ben: "Ben", cleo: "Cleo" })[id];
  const words = (count, by, mine = false) => text(reactionWords({ emoji: "👍", count, by, mine }, "ana", nameOf));
  assert.equal(words(1, ["ben"]), "Ben reacted with 👍");
  assert.equal(words(3, ["ben", "ana", "cleo"], true), "You, Ben and Cleo reacted with 👍");
  assert.equal(words(2, ["ben", "x"]), "Ben and somebody reacted with 👍");
  assert.equal(words(40, ["ben", "x"], true), "You, Ben and 38 others reacted with 👍");
});

test("emoji are found by shortcode first, then by other words", () => {
  assert.equal(findEmoji(ALL, "tada")[0].emoji, "🎉");
  assert.equal(findEmoji(ALL, "+1")[0].emoji, "👍");
  assert.ok(findEmoji(ALL, "party").some(({ emoji }) => emoji === "🎉"));
  assert.ok(findEmoji(ALL, "red heart").some(({ emoji }) => emoji === "❤️"));
  assert.deepEqual(findEmoji(ALL, "nothing at all like it"), []);
  assert.deepEqual(findEmoji(ALL, " "), []);
});

test("a skin tone is used where an emoji has it", () => {
  const [wave] = findEmoji(ALL, "wave");
  assert.equal(withTone(wave, 3), "👋🏽");
  assert.equal(withTone(wave, 0), wave.emoji);
  assert.equal(withTone({ emoji: "🎉" }, 3), "🎉");
});

test("every emoji of the data is in a group, and the usual ones are in it", () => {
  const groups = new Set(GROUPS.map(([number]) => number));
  for (const { group, emoji } of ALL) assert.ok(groups.has(group), emoji);
  const plain = new Set(ALL.map(({ emoji }) => emoji));
  for (const emoji of USUAL) assert.ok(plain.has(emoji), emoji);
});
