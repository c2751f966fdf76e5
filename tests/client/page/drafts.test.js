import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryStorage } from "../../../static/chat/client/base/storage.js";
import { Drafts } from "../../../static/chat/page/parts/drafts.js";

const ANA = { start: 0, end: 4, id: "~ana" };

test("a draft is the room's, whatever its address is, and no other room's", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts(storage, "alpha");
  drafts.moveTo("~1");
  drafts.save("a secret");
  assert.equal(new Drafts(storage, "alpha").load(), "");
  assert.equal(new Drafts(storage, "~2").load(), "");
  const again = new Drafts(storage, "alpha-club");
  assert.equal(again.moveTo("~1"), true);
  assert.equal(again.load(), "a secret");
});

test("what is typed before the id is known comes below what was there", () => {
  const storage = new MemoryStorage();
  new Drafts(storage, "~1").save("@Ana one", [ANA]);
  const drafts = new Drafts(storage, "alpha");
  drafts.save("two");
  assert.equal(drafts.moveTo("~1"), true);
  assert.equal(drafts.load(), "@Ana one\ntwo");
  assert.deepEqual(drafts.chosen, [ANA]);
  assert.equal(drafts.moveTo("~1"), false);
  assert.equal(new Drafts(storage, "alpha").load(), "");
});

test("what alone was typed before keeps who was chosen in it", () => {
  const drafts = new Drafts(new MemoryStorage(), "alpha");
  drafts.save("@Ana two", [ANA]);
  assert.equal(drafts.moveTo("~1"), false);
  assert.equal(drafts.load(), "@Ana two");
  assert.deepEqual(drafts.chosen, [ANA]);
});
