import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryStorage } from "../../../static/chat/client/base/storage.js";
import { Drafts } from "../../../static/chat/page/parts/drafts.js";

const ANA = { start: 0, end: 4, id: "~ana" };

test("a draft is the room's, whatever its address is, and no other room's", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts(storage, { slug: "alpha" });
  drafts.moveTo("~1");
  drafts.save("a secret");
  assert.equal(new Drafts(storage, { id: "~2", slug: "alpha" }).load(), "");
  const again = new Drafts(storage, { slug: "alpha-club" });
  assert.equal(again.moveTo("~1"), true);
  assert.equal(again.load(), "a secret");
});

test("the draft of a room that is gone is found at its address, until it was sent", () => {
  const storage = new MemoryStorage();
  new Drafts(storage, { id: "~1", slug: "alpha" }).save("not sent", [ANA]);
  const drafts = new Drafts(storage, { id: null, slug: "alpha" });
  assert.equal(drafts.load(), "not sent");
  assert.deepEqual(drafts.chosen, [ANA]);
  // A room is started there again.
  assert.equal(drafts.moveTo("~2"), false);
  assert.equal(new Drafts(storage, { slug: "alpha" }).load(), "not sent");
  drafts.save("");
  assert.equal(storage.length, 0);
});

test("what is typed before the id is known comes below what was there", () => {
  const storage = new MemoryStorage();
  new Drafts(storage, { id: "~1", slug: "former" }).save("@Ana one", [ANA]);
  const drafts = new Drafts(storage, { slug: "alpha" });
  drafts.save("two");
  assert.equal(drafts.moveTo("~1"), true);
  assert.equal(drafts.load(), "@Ana one\ntwo");
  assert.deepEqual(drafts.chosen, [ANA]);
  assert.equal(drafts.moveTo("~1"), false);
  assert.equal(storage.getItem("chat:draft/alpha"), null);
});

test("what alone was typed before keeps who was chosen in it", () => {
  const drafts = new Drafts(new MemoryStorage(), { slug: "alpha" });
  drafts.save("@Ana two", [ANA]);
  assert.equal(drafts.moveTo("~1"), false);
  assert.equal(drafts.load(), "@Ana two");
  assert.deepEqual(drafts.chosen, [ANA]);
});
