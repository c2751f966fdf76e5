import assert from "node:assert/strict";
import { test } from "node:test";

import { Notices } from "../../../static/chat/page/logic/notices.js";

const notice = (room, seq) => ({ room, seq, why: "mention", message: { seq } });

function noticesOf(...all) {
  const notices = new Notices();
  notices.replace(all);
  return notices;
}

test("a notice that comes is the first, and is there once", () => {
  const notices = noticesOf(notice("a", 1));
  notices.add(notice("b", 1));
  notices.add(notice("a", 1));
  assert.deepEqual(notices.all.map(({ room }) => room), ["a", "b"]);
});

test("what was read of a room, under any of its slugs, is dropped", () => {
  const notices = noticesOf(notice("a", 5), notice("a", 3), notice("b", 1), notice("former", 2));
  notices.read(["a", "former"], 3);
  notices.read(["c"], 9);
  assert.deepEqual(notices.all, [notice("a", 5), notice("b", 1)]);
});

const listed = (id, slug, mentions) => ({ room: { id, slug }, mentions });

test("those of a room that is gone from the list are dropped, and no others", () => {
  const notices = noticesOf(notice("a", 5), notice("b", 1), notice("elsewhere", 2));
  assert.equal(notices.follow([listed("~a", "a", 1), listed("~b", "b", 1)]), false);
  assert.equal(notices.follow([listed("~b", "b", 1)]), false);
  assert.deepEqual(notices.all.map(({ room }) => room), ["b", "elsewhere"]);
});

test("they are asked for again where the server has fewer than before, and than are here", () => {
  const notices = noticesOf(notice("a", 5), notice("a", 3));
  assert.equal(notices.follow([listed("~a", "a", 2)]), false);
  assert.equal(notices.follow([listed("~a", "a", 1)]), true);
  assert.equal(notices.follow([listed("~a", "a", 1)]), false);
  notices.read(["a"], 5);
  assert.equal(notices.follow([listed("~a", "a", 0)]), false);
});
