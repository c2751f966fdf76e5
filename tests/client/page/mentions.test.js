import assert from "node:assert/strict";
import { test } from "node:test";

import { Chosen } from "../../../static/chat/page/logic/chosen.js";
import { placesOf } from "../../../static/chat/page/logic/mentioned.js";
import { findMentions, peopleNamed } from "../../../static/chat/page/logic/mentions.js";

const ANA = { id: "a", name: "Ana" };
const BOB = { id: "b", name: "Bob" };

function found(text, message, me) {
  return findMentions(text, message, me).map(({ index, isMe }) => (isMe ? [index] : index));
}

/** Returns the ids of those who are chosen after somebody was chosen, and then typed. */
function chosenAfter(before, user, after, caret) {
  const chosen = new Chosen(before, []);
  chosen.add(before.indexOf("@"), user);
  chosen.follow(after, caret);
  return chosen.people.map(({ id }) => id);
}

test("a mention is found where it begins a word, and everybody where nothing goes on", () => {
  assert.deepEqual(found("x@bob @BOB @bobby @bob_ é@bob", { mentions: [BOB] }), [6]);
  assert.deepEqual(found("@room/client @room-x @room.com @room. @Here @ROOM!", { mentions_all: "room" }), [[31], [44]]);
  const two = { mentions: [ANA, { id: "s", name: "Ana S." }] };
  assert.deepEqual(found("@ana s.x and @ana", two, "s"), [[0], 13]);
  assert.deepEqual(found("@ana", {}), []);
});

test("a mention is found by the name that stands in the text", () => {
  const ben = { id: "b", name: "Ben", was: "Bob" };
  assert.deepEqual(found("@bob, @ben and @bo", { mentions: [ben] }, "b"), [[0], [6]]);
});

test("in scripts without spaces a mention is where the name stands", () => {
  const wang = { id: "w", name: "王小明" };
  assert.deepEqual(found("你好@王小明你好 @王小明 x@王小明", { mentions: [wang] }), [2, 9]);
  assert.deepEqual(found("你@Ana好 @Anab @Ana\u0301", { mentions: [ANA] }), [1]);
  assert.deepEqual(found("大家好@room你们", { mentions_all: "room" }), [[3]]);
  const thai = { id: "t", name: "\u0e01" };
  assert.deepEqual(found("@\u0e01\u0e34 @\u0e01", { mentions: [thai] }), [4]);
});

test("of two people with one name each has a place", () => {
  const ids = findMentions("@Ana and @ana", { mentions: [ANA, { ...ANA, id: "other" }] }).map(({ id }) => id);
  assert.deepEqual(ids, ["a", "other"]);
});

test("a letter that only looks the same to a pattern means nobody", () => {
  const sam = { id: "s", name: "sam" };
  assert.deepEqual(found("@\u017Fam", { mentions: [sam] }, "me"), [0]);
  assert.deepEqual(placesOf("@\u017Fam", [sam]), []);
});

test("who is named in code is not meant", () => {
  const text = "@Ana\n- **@Bob** `@Cleo`\n```\n@Dan\n```";
  const people = [ANA, BOB, { id: "c", name: "Cleo" }, { id: "d", name: "Dan" }];
  assert.deepEqual(peopleNamed(text, people).map(({ id }) => id), ["a", "b"]);
});

test("who was chosen is meant while their name stands as it was chosen", () => {
  assert.deepEqual(chosenAfter("hi @Ana ", ANA, "hi @Ana there"), ["a"]);
  assert.deepEqual(chosenAfter("hi @Ana ", ANA, "oh hi @Ana ", 3), ["a"]);
  assert.deepEqual(chosenAfter("hi @Ana ", ANA, "hi **@Ana** ", 11), ["a"]);
  assert.deepEqual(chosenAfter("hi **@Ana** ", ANA, "hi @Ana ", 7), ["a"]);
  for (const [after, caret] of [["hi @An ", 6], ["hi @Anna ", 7], ["hi @Anab ", 8], ["hi ", 3], ["", 0], ["hix@Ana ", 3]]) {
    assert.deepEqual(chosenAfter("hi @Ana ", ANA, after, caret), [], after);
  }
});

test("a name that is typed again by hand is not the one that was chosen", () => {
  const chosen = new Chosen("@Ana", placesOf("@Ana", [ANA]));
  chosen.follow("@An");
  chosen.follow("@Ana");
  assert.deepEqual(chosen.people, []);
});

test("of two people with one name the one who was removed is not meant", () => {
  const both = placesOf("@Ana @Ana ", [ANA, { ...ANA, id: "other" }]);
  const first = new Chosen("@Ana @Ana ", both);
  first.follow("@Ana ", 0);
  assert.deepEqual(first.people.map(({ id }) => id), ["other"]);
  const last = new Chosen("@Ana @Ana ", both);
  last.follow("@Ana ", 5);
  assert.deepEqual(last.people.map(({ id }) => id), ["a"]);
});

test("an undone change is followed wherever the caret is", () => {
  const chosen = new Chosen("@Ana and more", placesOf("@Ana and more", [ANA]));
  chosen.follow("@Ana more", 2);
  assert.deepEqual(chosen.people.map(({ id }) => id), ["a"]);
});
