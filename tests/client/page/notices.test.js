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
