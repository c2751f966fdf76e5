import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isolatedName,
  splitOverrides,
  startsParagraph,
} from "../../../static/chat/page/logic/direction.js";
import { titleText } from "../../../static/chat/page/logic/words.js";

test("a name from right to left keeps to itself in plain words", () => {
  assert.equal(isolatedName("Ana"), "Ana");
  assert.equal(isolatedName("שלום"), "\u2068שלום\u2069");
  assert.equal(isolatedName("\u2069\u202ea\u200f"), "\u2068a\u2069");
  const title = titleText({ unread: 1, room: "مرحبا", site: "Chat" });
  assert.equal(title, "(1) \u2068مرحبا\u2069 – Chat");
});

test("characters that override the direction are apart", () => {
  const parts = splitOverrides("a\u202eb\u202d").map(({ text, isTurning }) => [text, isTurning]);
  assert.deepEqual(parts, [["a", false], ["\u202e", true], ["b", false], ["\u202d", true]]);
  assert.deepEqual(splitOverrides(""), []);
});

test("a paragraph has its direction from its first letter", () => {
  assert.ok(startsParagraph(""));
  assert.ok(startsParagraph("one\n1. "));
  assert.ok(!startsParagraph("one\n1. ש "));
});
