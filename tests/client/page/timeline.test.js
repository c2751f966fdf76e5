import assert from "node:assert/strict";
import { test } from "node:test";

import { Timeline, continues } from "../../../static/chat/page/logic/timeline.js";

const ANA = { id: "ana" };
const BEN = { id: "ben" };
const NOON = new Date(2030, 4, 15, 12);

function minutes(count) {
  return new Date(NOON.getTime() + count * 60_000);
}

function item(rank, { at = NOON, author = ANA } = {}) {
  return { rank, at, author };
}

function timelineOf(...ranks) {
  const timeline = new Timeline();
  for (const rank of ranks) timeline.insertItem(item(rank));
  return timeline;
}

const ranks = (timeline) => timeline.items.map(({ rank }) => rank);

test("messages are in the order of the log, however they arrive", () => {
  assert.deepEqual(ranks(timelineOf(2, 5, 1, 3, 4)), [1, 2, 3, 4, 5]);
});

test("unsent messages are at the end, in the order of writing", () => {
  const timeline = timelineOf(1);
  const first = item(Infinity);
  const second = item(Infinity);
  timeline.insertItem(first);
  timeline.insertItem(second);
  timeline.insertItem(item(2));
  assert.deepEqual(timeline.items.slice(-2), [first, second]);
});

test("a line stays between its messages", () => {
  const timeline = timelineOf(1, 2);
  timeline.insertItem(item(timeline.rankAfterStored()));
  timeline.insertItem(item(3));
  timeline.insertItem(item(timeline.rankAfterStored()));
  assert.deepEqual(ranks(timeline), [1, 2, 2.5, 3, 3.5]);
});

test("two lines at the same place keep their order", () => {
  const timeline = timelineOf(1);
  const lines = [item(timeline.rankAfterStored()), item(timeline.rankAfterStored())];
  lines.forEach((line) => timeline.insertItem(line));
  assert.deepEqual(timeline.items.slice(1), lines);
});

test("inserting and removing return the neighbours", () => {
  const timeline = timelineOf(1, 3);
  const second = item(2);
  const placed = timeline.insertItem(second);
  assert.deepEqual([placed.previous.rank, placed.next.rank], [1, 3]);
  const removed = timeline.removeItem(second);
  assert.deepEqual([removed.previous.rank, removed.next.rank], [1, 3]);
});

test("a slow clock does not move a message to the day before", () => {
  const timeline = timelineOf(1);
  const late = item(Infinity, { at: new Date(2030, 4, 14, 23) });
  timeline.insertItem(late);
  assert.equal(late.day, "2030-05-15");
});

test("messages of one author within five minutes are one group", () => {
  const timeline = new Timeline();
  const placed = (about) => {
    timeline.insertItem(about);
    return about;
  };
  const first = placed(item(1));
  assert.ok(continues(placed(item(2, { at: minutes(4) })), first));
  assert.ok(!continues(placed(item(3, { at: minutes(5) })), first));
  assert.ok(!continues(placed(item(4, { author: BEN })), first));
  assert.ok(!continues(first, undefined));
});

test("another day, or a line in between, begins a new group", () => {
  const timeline = new Timeline();
  const beforeMidnight = item(1, { at: new Date(2030, 4, 15, 23, 59) });
  const afterMidnight = item(2, { at: new Date(2030, 4, 16, 0, 1) });
  const line = { rank: 2.5, at: NOON };
  for (const each of [beforeMidnight, afterMidnight, line]) timeline.insertItem(each);
  assert.ok(!continues(afterMidnight, beforeMidnight));
  assert.ok(!continues(item(3), line));
});
