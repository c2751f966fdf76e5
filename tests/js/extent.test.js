import assert from "node:assert/strict";
import { test } from "node:test";

import { Extent, kept } from "../../static/chat/js/logic/extent.js";

const MEASURE = { keep: 6, limit: 8 };

function messages(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ seq: first + index }));
}

function extentOf(first, last, more = true) {
  const extent = new Extent();
  extent.start({ messages: messages(first, last), more });
  return extent;
}

const shown = (extent, last) =>
  messages(1, last)
    .filter((message) => extent.includes(message))
    .map(({ seq }) => seq);

test("what comes is shown, in an empty room too", () => {
  const extent = new Extent();
  extent.start({ messages: [], more: false });
  assert.equal(extent.more, false);
  // Changes come in the order of their versions: an edited message after the one behind it.
  assert.deepEqual([2, 1, 2, 3].map((seq) => extent.note({ seq })), [true, false, false, true]);
  assert.deepEqual(shown(extent, 3), [1, 2, 3]);
});

test("changes to what was cut off are not shown, and what comes is shown behind its end only", () => {
  const extent = extentOf(1, 9, false);
  extent.cut({ first: 3, last: null });
  assert.deepEqual(shown(extent, 10), [3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(extent.more, true);
  extent.cut({ first: null, last: 7 });
  assert.deepEqual(shown(extent, 10), [3, 4, 5, 6, 7]);
  assert.equal(extent.isAtNewest, false);
});

test("going down ends at the newest message there is by then", () => {
  const extent = extentOf(1, 9);
  extent.cut({ first: null, last: 3 });
  extent.note({ seq: 10 });
  extent.growDown(messages(4, 9));
  assert.equal(extent.isAtNewest, false);
  extent.growDown(messages(10, 10));
  assert.equal(extent.isAtNewest, true);
});

test("where only lines of who came and went are cut off, nothing is missing", () => {
  const extent = extentOf(1, 9);
  extent.cut({ first: null, last: 9 });
  assert.equal(extent.isAtNewest, true);
});

test("going up ends where the server has no more, also after that was cut off", () => {
  const extent = extentOf(51, 100);
  extent.growUp({ messages: messages(1, 50), more: false });
  assert.equal(extent.more, false);
  extent.cut({ first: 40, last: null });
  assert.equal(extent.more, true);
  extent.growUp({ messages: messages(1, 39), more: true });
  assert.equal(extent.more, false);
});

test("what was let go above is loaded again without showing what lies between", () => {
  const extent = extentOf(51, 100);
  extent.cut({ first: 60, last: 70 });
  extent.growUp({ messages: messages(65, 90), more: true });
  assert.deepEqual([extent.floor, extent.ceiling], [60, 70]);
});

test("few things all stay; of many as many as fit, around the one that is read", () => {
  assert.deepEqual(kept(8, 0, MEASURE), [0, 8]);
  assert.deepEqual(kept(9, 9, MEASURE), [3, 9]);
  assert.deepEqual(kept(9, 0, MEASURE), [0, 6]);
  assert.deepEqual(kept(20, 10, MEASURE), [7, 13]);
});
