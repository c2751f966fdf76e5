import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryStorage } from "../../../static/chat/client/base/storage.js";
import { keysOf } from "../../../static/chat/page/logic/seatstorage.js";
import { Drafts } from "../../../static/chat/page/parts/drafts.js";

const ANA = { start: 0, end: 4, id: "~ana" };

test("a draft is the room's, whatever its address is, and no other room's", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts(storage, { slug: "alpha" });
  drafts.moveTo("~1", "alpha");
  drafts.save("a secret");
  for (const id of ["~2", undefined]) assert.equal(new Drafts(storage, { id, slug: "alpha" }).load(), "");
  const again = new Drafts(storage, { slug: "alpha-club" });
  assert.equal(again.moveTo("~1", "alpha-club"), true);
  assert.equal(again.load(), "a secret");
});

test("the draft of a room that is gone is found at its address, until it was sent", () => {
  const storage = new MemoryStorage();
  new Drafts(storage, { id: "~1", slug: "alpha" }).save("not sent", [ANA]);
  const drafts = new Drafts(storage, { id: null, slug: "alpha", isNew: true });
  assert.equal(drafts.load(), "not sent");
  assert.deepEqual(drafts.chosen, [ANA]);
  // A room is started there again.
  assert.equal(drafts.moveTo("~2", "alpha"), false);
  assert.equal(new Drafts(storage, { slug: "alpha", isNew: true }).load(), "not sent");
  drafts.save("");
  assert.equal(storage.length, 0);
});

test("a draft is found at the address that its room had last, and leaves no name of a private one", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts(storage, { id: "~1", slug: "alpha" });
  drafts.save("not sent");
  drafts.moveTo("~1", "secret~abc123abc123");
  assert.equal(new Drafts(storage, { slug: "alpha", isNew: true }).load(), "");
  assert.ok(keysOf(storage).every((key) => !key.includes("secret")));
  assert.equal(new Drafts(storage, { slug: "secret~abc123abc123", isNew: true }).load(), "not sent");
});

test("what is typed before the id is known comes below what was there", () => {
  const storage = new MemoryStorage();
  new Drafts(storage, { id: "~1", slug: "former" }).save("@Ana one", [ANA]);
  const drafts = new Drafts(storage, { slug: "alpha" });
  drafts.save("two");
  assert.equal(drafts.moveTo("~1", "alpha"), true);
  assert.equal(drafts.load(), "@Ana one\ntwo");
  assert.deepEqual(drafts.chosen, [ANA]);
  assert.equal(drafts.moveTo("~1", "alpha"), false);
  assert.equal(storage.getItem("chat:draft/alpha"), null);
});

test("what alone was typed before keeps who was chosen in it", () => {
  const drafts = new Drafts(new MemoryStorage(), { slug: "alpha" });
  drafts.save("@Ana two", [ANA]);
  assert.equal(drafts.moveTo("~1", "alpha"), false);
  assert.equal(drafts.load(), "@Ana two");
  assert.deepEqual(drafts.chosen, [ANA]);
});
