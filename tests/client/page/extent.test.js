import assert from "node:assert/strict";
import { test } from "node:test";

import { Extent, keptRange } from "../../../static/chat/page/logic/extent.js";

const MEASURE = { keep: 6, limit: 8 };

function messages(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ seq: first + index }));
}

function extentOf(first, last, more = true) {
  const extent = new Extent();
  extent.startWith({ messages: messages(first, last), more });
  return extent;
}

const shown = (extent, last) =>
  messages(1, last)
    .filter((message) => extent.includes(message))
    .map(({ seq }) => seq);

test("new messages are shown, in an empty room too", () => {
  const extent = new Extent();
  extent.startWith({ messages: [], more: false });
  assert.equal(extent.more, false);
  // Changes come in the order of their versions: an edited message after the one behind it.
  assert.deepEqual([2, 1, 2, 3].map((seq) => extent.noteMessage({ seq })), [true, false, false, true]);
  assert.deepEqual(shown(extent, 3), [1, 2, 3]);
});

test("changes to what was cut off are not shown", () => {
  const extent = extentOf(1, 9, false);
  extent.cut({ first: 3, last: null });
  assert.deepEqual(shown(extent, 10), [3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(extent.more, true);
  extent.cut({ first: null, last: 7 });
  assert.deepEqual(shown(extent, 10), [3, 4, 5, 6, 7]);
  assert.equal(extent.isAtNewest, false);
});

test("growing down ends at the newest message", () => {
  const extent = extentOf(1, 9);
  extent.cut({ first: null, last: 3 });
  extent.noteMessage({ seq: 10 });
  extent.growDown(messages(4, 9));
  assert.equal(extent.isAtNewest, false);
  extent.growDown(messages(10, 10));
  assert.equal(extent.isAtNewest, true);
});

test("cutting only lines after the last message hides no message", () => {
  const extent = extentOf(1, 9);
  extent.cut({ first: null, last: 9 });
  assert.equal(extent.isAtNewest, true);
});

test("growing up ends at the oldest message, also after a cut", () => {
  const extent = extentOf(51, 100);
  extent.growUp({ messages: messages(1, 50), more: false });
  assert.equal(extent.more, false);
  extent.cut({ first: 40, last: null });
  assert.equal(extent.more, true);
  extent.growUp({ messages: messages(1, 39), more: true });
  assert.equal(extent.more, false);
});

test("a page far above is not shown without those between", () => {
  const extent = extentOf(51, 100);
  extent.cut({ first: 60, last: 70 });
  extent.growUp({ messages: messages(65, 90), more: true });
  assert.deepEqual([extent.floor, extent.ceiling], [60, 70]);
});

test("few items all stay; of many those around the one read", () => {
  assert.deepEqual(keptRange(8, 0, MEASURE), [0, 8]);
  assert.deepEqual(keptRange(9, 9, MEASURE), [3, 9]);
  assert.deepEqual(keptRange(9, 0, MEASURE), [0, 6]);
  assert.deepEqual(keptRange(20, 10, MEASURE), [7, 13]);
});

test("a window away from the newest grows until it has them", () => {
  const extent = new Extent();
  extent.startWith({ messages: messages(10, 20), more: true, newer: true });
  assert.deepEqual([extent.isAtNewest, extent.ceiling], [false, 20]);
  assert.deepEqual(shown(extent, 30), messages(10, 20).map(({ seq }) => seq));
  assert.equal(extent.noteMessage({ seq: 30 }), true);
  extent.growDown(messages(21, 29));
  assert.equal(extent.isAtNewest, false);
  extent.growDown(messages(30, 30));
  assert.equal(extent.isAtNewest, true);
});

test("a jump back does not make what was seen before new again", () => {
  const extent = extentOf(90, 100);
  extent.startWith({ messages: messages(10, 20), more: true, newer: true });
  assert.equal(extent.noteMessage({ seq: 100 }), false);
  assert.equal(extent.noteMessage({ seq: 101 }), true);
});
