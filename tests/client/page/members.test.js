import assert from "node:assert/strict";
import { test } from "node:test";

import { membersOf } from "../../../static/chat/page/logic/members.js";

const person = (id, role, fields = {}) => ({ id, name: id, kind: "member", role, ...fields });
const OWNER = person("ana", "owner");
const MODERATOR = person("mara", "moderator");
const MEMBER = person("ben", "member");
const READER = person("rea", "reader");
const MEMBERS = [OWNER, MODERATOR, MEMBER, READER];
const VISITOR = { id: "ion", name: "ion", kind: "guest" };
const MAY = { owner: ["invite", "moderate", "manage"], moderator: ["invite", "moderate"], member: ["invite"] };

function seenBy(me, { members = MEMBERS, kind = "private", present = [VISITOR], may } = {}) {
  const own = members.find(({ id }) => id === me);
  const my = own && { role: own.role, may: may ?? MAY[own.role] };
  return membersOf({ members, present, me, kind, my });
}

function rowOf(id, seen) {
  return seen.rows.find(({ user }) => user.id === id);
}

test("who manages a room gives every role to others, and removes and bans everybody else", () => {
  const seen = seenBy("ana", { members: [...MEMBERS, person("olga", "owner")] });
  assert.deepEqual(rowOf("ben", seen).roles, ["owner", "moderator", "member", "reader"]);
  assert.deepEqual(rowOf("ana", seen), {
    user: OWNER, role: "owner", isMe: true, roles: [], mayHandOver: true, mayRemove: false, mayBan: false,
  });
  assert.ok(["olga", "mara", "ben", "rea"].every((id) => rowOf(id, seen).mayRemove && rowOf(id, seen).mayBan));
});

test("who manages the site does so as a member too, and has no room to hand over", () => {
  const seen = seenBy("ben", { may: MAY.owner, kind: "public" });
  const { roles, mayRemove, mayBan, mayHandOver } = rowOf("ana", seen);
  assert.deepEqual({ roles: roles.length, mayRemove, mayBan, mayHandOver }, { roles: 4, mayRemove: true, mayBan: true, mayHandOver: false });
  assert.equal(rowOf("ion", seen).mayBan, true);
});

test("a moderator gives no role, and removes everybody but owners and themselves", () => {
  const seen = seenBy("mara", { kind: "public" });
  assert.ok(seen.rows.every(({ roles }) => roles.length === 0));
  assert.deepEqual(seen.rows.filter(({ mayRemove }) => mayRemove).map(({ user }) => user.id), ["ben", "rea"]);
  assert.deepEqual(seen.rows.filter(({ mayBan }) => mayBan).map(({ user }) => user.id), ["ben", "rea", "ion"]);
});

test("who is there without belonging can be banned, and has no role", () => {
  const { role, roles, mayRemove, mayBan } = rowOf("ion", seenBy("ana", { kind: "public" }));
  assert.deepEqual({ role, roles, mayRemove, mayBan }, { role: null, roles: [], mayRemove: false, mayBan: true });
  assert.equal(rowOf("ion", seenBy("ben", { kind: "public" })), undefined);
  assert.equal(rowOf("ion", seenBy("ana")), undefined);
});

test("members and readers may do nothing to anybody", () => {
  for (const me of ["ben", "rea", "charlie"]) {
    const { rows } = seenBy(me);
    assert.ok(rows.every(({ roles, mayRemove, mayBan }) => roles.length === 0 && !mayRemove && !mayBan), me);
  }
});

test("into a private room everybody who may invite brings people", () => {
  const may = (me, kind) => seenBy(me, { kind }).mayAdd;
  assert.deepEqual(["ana", "mara", "ben", "rea", "charlie"].map((me) => may(me, "private")), [true, true, true, false, false]);
  assert.equal(may("ana", "public"), false);
});

test("who is banned is in a list of their own, and a guest can be no more than a member", () => {
  const guest = person("gus", "member", { kind: "guest" });
  const banned = person("bad", "member", { banned: true });
  const seen = seenBy("ana", { members: [...MEMBERS, guest, banned] });
  assert.deepEqual(seen.banned, [banned]);
  assert.equal(rowOf("bad", seen), undefined);
  assert.deepEqual(rowOf("gus", seen).roles, ["member", "reader"]);
});
