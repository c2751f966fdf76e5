import assert from "node:assert/strict";
import { test } from "node:test";

import { slugOfPath } from "../../../static/chat/page/logic/pathofroom.js";
import { elsewhere, entriesOf, findEntries, neighbourOf } from "../../../static/chat/page/logic/roomlist.js";

const me = "me";

function listed(slug, fields = {}) {
  const { kind = "public", ...others } = fields;
  const room = { id: `~${slug}`, slug, name: slug.toUpperCase(), kind };
  return { room, unread: 0, mentions: 0, level: "everything", ...others };
}

function list(...rooms) {
  return entriesOf({ listed: rooms, visited: [], open: [], me });
}

test("rooms come by name, and direct messages after them under the others' names", () => {
  const people = [{ id: me, name: "Ana" }, { id: "b", name: "Ben" }];
  const entries = list(listed("~d", { kind: "direct", people }), listed("zoo"), listed("art"));
  assert.deepEqual(entries.map(({ name }) => name), ["ART", "ZOO", "Ben"]);
});

test("a level says what makes a room unread", () => {
  const rooms = ["everything", "mentions", "nothing"].flatMap((level) => [
    listed(`${level}-1`, { level, unread: 2 }),
    listed(`${level}-2`, { level, unread: 2, mentions: 1 }),
  ]);
  const shown = new Map(list(...rooms).map((entry) => [entry.slug, entry]));
  const unread = [...shown.values()].filter(({ isUnread }) => isUnread).map(({ slug }) => slug);
  assert.deepEqual(unread, ["everything-1", "everything-2", "mentions-2"]);
  assert.equal(shown.get("nothing-2").mentions, 0);
  assert.equal(shown.get("nothing-1").isMuted, true);
});

test("a hidden room is shown while anything in it is unread, or it is open", () => {
  const people = [{ id: me, name: "Ana" }, { id: "b", name: "Ben" }];
  const hidden = listed("~d", { kind: "direct", people, hidden: true });
  assert.deepEqual(list(hidden), []);
  assert.deepEqual(list({ ...hidden, unread: 1, mentions: 1 }).map(({ name }) => name), ["Ben"]);
  const open = [{ slug: "~d", name: "Ana, Ben", isRead: true, unread: 0, mentions: 0 }];
  const [entry] = entriesOf({ listed: [hidden], visited: [], open, me });
  assert.deepEqual([entry.name, entry.isDirect], ["Ben", true]);
});

test("a room that asks for a password is marked", () => {
  const asking = listed("a");
  asking.room.has_password = true;
  assert.deepEqual(list(asking, listed("b")).map(({ hasPassword }) => hasPassword), [true, false]);
});

test("a room that was visited under a former address is in the list once, under its own", () => {
  const visited = [{ id: "~a", slug: "former", name: "A" }];
  const open = [{ id: "~a", slug: "now", name: "A", isRead: true, unread: 0, mentions: 0 }];
  assert.deepEqual(entriesOf({ listed: [], visited, open, me }).map(({ slug }) => slug), ["now"]);
});

test("a guest's rooms are those visited and those open, counted by the page", () => {
  const visited = [{ id: "~a", slug: "a", name: "A" }, { id: "~b", slug: "b", name: "B" }];
  const open = [{ slug: "b", name: "B now", isRead: false, unread: 2, mentions: 1 }, { slug: "c", name: "C", isRead: true, unread: 0, mentions: 0 }];
  const entries = entriesOf({ listed: [], visited, open, me });
  assert.deepEqual(entries.map(({ name, isUnread, mentions }) => [name, isUnread, mentions]), [
    ["A", false, 0],
    ["B now", true, 1],
    ["C", false, 0],
  ]);
});

test("what is read on this page is not unread, whatever the server has counted so far", () => {
  const open = [{ slug: "a", name: "A", isRead: true, unread: 0, mentions: 0 }];
  const [entry] = entriesOf({ listed: [listed("a", { unread: 3, mentions: 1 })], visited: [], open, me });
  assert.deepEqual([entry.isUnread, entry.mentions], [false, 0]);
});

test("one goes up and down in a circle, and with Shift to what is unread alone", () => {
  const entries = list(listed("a"), listed("b"), listed("c", { unread: 1 }), listed("d"));
  assert.equal(neighbourOf(entries, "a", -1).slug, "d");
  assert.equal(neighbourOf(entries, "d", 1).slug, "a");
  assert.equal(neighbourOf(entries, "a", 1, { isUnread: true }).slug, "c");
  assert.equal(neighbourOf(entries, "c", 1, { isUnread: true }), null);
  assert.equal(neighbourOf([], "a", 1), null);
});

test("the title counts the mentions in other rooms", () => {
  const entries = list(listed("a", { mentions: 2, unread: 2 }), listed("b", { mentions: 1, unread: 1 }));
  assert.deepEqual(elsewhere(entries, "a"), { mentions: 1, isUnread: true });
});

test("a few letters find a room: beginnings first, then recent ones, accents or not", () => {
  const entries = list(listed("école"), listed("the echo"), listed("big-ech"), listed("other"));
  const found = findEntries(entries, "ec", ["~big-ech", "~the echo"]).map(({ slug }) => slug);
  assert.deepEqual(found, ["école", "big-ech", "the echo"]);
  assert.deepEqual(findEntries(entries, "", ["~other"])[0].slug, "other");
  assert.deepEqual(findEntries(entries, "zzz", []), []);
});

test("a room's path has its slug, and no other path has one", () => {
  assert.equal(slugOfPath("/rooms/chess-club/"), "chess-club");
  assert.equal(slugOfPath("/rooms/%C3%A9cole/"), "école");
  for (const path of ["/", "/rooms/", "/rooms/a/b/", "/rooms/%E9/", "/accounts/login/"]) assert.equal(slugOfPath(path), null);
});
