import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryStorage } from "../../../static/chat/client/base/storage.js";
import { Visited } from "../../../static/chat/page/parts/visited.js";

const guest = (id) => () => ({ id, kind: "guest" });
const room = (id, slug = id) => ({ id, slug, name: slug });
const slugs = (visited) => visited.all.map(({ slug }) => slug);

test("the rooms that a guest visited are theirs alone", () => {
  const storage = new MemoryStorage();
  const ana = new Visited(storage, guest("~ana"));
  assert.deepEqual(ana.all, []);
  ana.note(room("~1", "divorce-lawyers"));
  ana.note(room("~2", "garden"));
  assert.deepEqual(slugs(new Visited(storage, guest("~ana"))), ["garden", "divorce-lawyers"]);
  assert.deepEqual(new Visited(storage, () => null).all, []);
  const stranger = new Visited(storage, guest("~stranger"));
  assert.deepEqual(stranger.all, []);
  stranger.note(room("~3", "lobby"));
  assert.deepEqual(slugs(stranger), ["lobby"]);
  assert.deepEqual(ana.all, []);
});

test("nothing that can be read is kept of the rooms of a member", () => {
  const storage = new MemoryStorage();
  const mia = new Visited(storage, () => ({ id: "~mia", kind: "member" }));
  mia.note(room("~1", "divorce-lawyers"));
  mia.note(room("~2", "garden"));
  assert.doesNotMatch(storage.getItem("chat:visited"), /lawyers|garden/);
  assert.deepEqual(mia.all, [{ id: "~2" }, { id: "~1" }]);
});

test("a room is there once, under the address that it has, until it is forgotten", () => {
  const visited = new Visited(new MemoryStorage(), guest("~ana"));
  visited.note(room("~1", "alpha"));
  visited.note(room("~2", "beta"));
  visited.note(room("~1", "alpha-club"));
  assert.deepEqual(slugs(visited), ["alpha-club", "beta"]);
  visited.forget("beta");
  assert.deepEqual(slugs(visited), ["alpha-club"]);
});
