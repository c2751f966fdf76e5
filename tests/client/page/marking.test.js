import assert from "node:assert/strict";
import { test } from "node:test";

import { MARKS, markingOf } from "../../../static/chat/page/logic/marking.js";

/** Returns a text after a key, with the selection between brackets; before it is written so too. */
function after(key, written) {
  const start = written.indexOf("[");
  const end = written.indexOf("]") - 1;
  const text = written.replace("[", "").replace("]", "");
  const change = markingOf(text, start, end, MARKS[key]);
  const changed = text.slice(0, change.start) + change.text + text.slice(change.end);
  return `${changed.slice(0, change.from)}[${changed.slice(change.from, change.to)}]${changed.slice(change.to)}`;
}

test("selected words are marked, and stay selected", () => {
  assert.equal(after("b", "a [b c] d"), "a **[b c]** d");
  assert.equal(after("i", "[a]"), "*[a]*");
  assert.equal(after("e", "a [b]"), "a `[b]`");
  assert.equal(after("x", "[a] b"), "~~[a]~~ b");
});

test("spaces beside the words are not marked", () => {
  assert.equal(after("b", "a[ b ]c"), "a **[b]** c");
});

test("the same key takes the marks away", () => {
  for (const key of "biex") {
    for (const text of ["a [b] c", "[a]", "[a b]"]) assert.equal(after(key, after(key, text)), text);
  }
  assert.equal(after("b", "[**a**]"), "[a]");
  assert.equal(after("e", "[`a`]"), "[a]");
});

test("strong and emphasis are told apart", () => {
  assert.equal(after("i", "**[a]**"), "***[a]***");
  assert.equal(after("b", "*[a]*"), "***[a]***");
  assert.equal(after("i", "***[a]***"), "**[a]**");
  assert.equal(after("b", "***[a]***"), "*[a]*");
  assert.equal(after("i", "[**a**]"), "*[**a**]*");
});

test("without a selection the caret is between the marks, and the key takes them away again", () => {
  assert.equal(after("b", "a [] b"), "a **[]** b");
  assert.equal(after("b", "a **[]** b"), "a [] b");
  assert.equal(after("i", "[]"), "*[]*");
  assert.equal(after("i", "*[]*"), "[]");
});

test("each line is marked by itself, and code in lines becomes a block", () => {
  assert.equal(after("b", "[a\n\n  b]"), "[**a**\n\n  **b**]");
  assert.equal(after("e", "[a\n  b]"), "```\n[a\n  b]\n```");
});

test("code with backticks has more of them around it", () => {
  assert.equal(after("e", "[a`b]"), "`` [a`b] ``");
  assert.equal(after("e", "[```\na]"), "````\n[```\na]\n````");
});
