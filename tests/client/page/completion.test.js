import assert from "node:assert/strict";
import { test } from "node:test";

import { findEverybody, findPeople, shortcodeBefore, wordBefore } from "../../../static/chat/page/logic/completion.js";
import { excerptOf } from "../../../static/chat/page/logic/excerpt.js";
import { Unread, isMentioned } from "../../../static/chat/page/logic/unread.js";

test("a name is completed after a sign at the beginning of a word", () => {
  assert.deepEqual(wordBefore("hello @an"), { sign: "@", letters: "an", start: 6 });
  assert.deepEqual(wordBefore("@"), { sign: "@", letters: "", start: 0 });
  assert.deepEqual(wordBefore("(@an"), { sign: "@", letters: "an", start: 1 });
  for (const text of ["ana@example", "hello", "hello @ana ", "https://x"]) {
    assert.equal(wordBefore(text), null, text);
  }
});

test("an emoji is completed after two letters, and not in a time or an address", () => {
  assert.deepEqual(wordBefore("so :ta"), { sign: ":", letters: "ta", start: 3 });
  for (const text of [":t", "10:30", "https://", "a:bc", ":-)"]) {
    assert.equal(wordBefore(text)?.letters ?? null, text === ":-)" ? "-)" : null, text);
  }
});

test("a command is completed where there is nothing else", () => {
  assert.deepEqual(wordBefore("/"), { sign: "/", letters: "", start: 0 });
  assert.deepEqual(wordBefore("/inv"), { sign: "/", letters: "inv", start: 0 });
  for (const text of ["/etc/", "/me ", " /x", "a/b", "//"]) assert.equal(wordBefore(text), null, text);
  assert.equal(wordBefore("/", "usr"), null);
});

test("a whole shortcode is one at the beginning of a word", () => {
  assert.deepEqual(shortcodeBefore("so :tada:"), { code: "tada", start: 3 });
  for (const text of ["10:30:", "a:b:", "::", ":tada: "]) assert.equal(shortcodeBefore(text), null, text);
});

test("who spoke last is first, then who is here", () => {
  const [ana, ben, cleo, bea] = ["Ana", "Ben", "Cleo Blom", "Bea"].map((name) => ({ id: name, name }));
  const messages = [ben, cleo, ana].map((author) => ({ author }));
  const room = { messages, members: [ana, bea, ben] };
  const names = (letters) => findPeople(room, letters, "Ana").map(({ name }) => name);
  assert.deepEqual(names(""), ["Cleo Blom", "Ben", "Bea"]);
  assert.deepEqual(names("b"), ["Cleo Blom", "Ben", "Bea"]);
  assert.deepEqual(names("BE"), ["Ben", "Bea"]);
  assert.deepEqual(names("x"), []);
});

test("everybody is meant by a word of which a letter is typed", () => {
  assert.deepEqual(["", "h", "RO", "x"].map(findEverybody), [[], ["here"], ["room"], []]);
});

test("an excerpt is one line without marks", () => {
  assert.equal(excerptOf({ body: "**Look** at\n\n`this`" }), "Look at this");
  assert.equal(excerptOf({ body: "**Look**", format: "plain" }), "**Look**");
  assert.equal(excerptOf({ body: "x".repeat(4_000) }).length, 160);
});

test("unread mentions are counted beside unread messages", () => {
  const unread = new Unread(() => {});
  unread.setReading(false);
  unread.countMessage(true);
  unread.countMessage(false);
  assert.deepEqual([unread.count, unread.mentions], [2, 1]);
  unread.setReading(true);
  assert.deepEqual([unread.count, unread.mentions], [0, 0]);
});

test("one is mentioned by others, by name or with everybody", () => {
  const author = { id: "ben" };
  assert.equal(isMentioned({ author, mentions: [{ id: "ana" }] }, "ana"), true);
  assert.equal(isMentioned({ author, mentions_all: "here" }, "ana"), true);
  assert.equal(isMentioned({ author, mentions: [{ id: "cleo" }] }, "ana"), false);
  assert.equal(isMentioned({ author, mentions_all: "here" }, "ben"), false);
  assert.equal(isMentioned({ author }, "ana"), false);
});
