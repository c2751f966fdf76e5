import assert from "node:assert/strict";
import { test } from "node:test";

import { changesOf, isNameOf, newInvitation, newRoom, waysIn } from "../../../static/chat/page/logic/roomways.js";

const MEMBER = { kind: "member" };
const GUEST = { kind: "guest" };
const waysOf = (kind, role, user = MEMBER) => waysIn({ kind, my: role && { role } }, user).join(" ");

test("the menu of a room offers what one may do there", () => {
  const all = "invite settings leave delete";
  const expected = {
    public: { owner: all, moderator: "leave", member: "leave", reader: "leave" },
    private: { owner: all, moderator: "invite leave", member: "invite leave", reader: "leave" },
    direct: { member: "hide" },
  };
  for (const [kind, roles] of Object.entries(expected)) {
    for (const [role, ways] of Object.entries(roles)) assert.equal(waysOf(kind, role), ways, `${kind} ${role}`);
  }
});

test("guests invite nobody, and leave only where they belong", () => {
  assert.equal(waysOf("private", "member", GUEST), "leave");
  assert.equal(waysOf("public", undefined, GUEST), "");
});

test("a new room is asked for with what its kind has", () => {
  const typed = { name: "Chess", password: "e4" };
  assert.deepEqual(newRoom({ name: "Chess" }), { name: "Chess" });
  assert.deepEqual(newRoom({ ...typed, access: "public" }), { name: "Chess" });
  assert.deepEqual(newRoom({ ...typed, access: "password" }), typed);
  assert.deepEqual(newRoom({ ...typed, access: "private" }), { name: "Chess", kind: "private" });
});

test("only what is another is changed", () => {
  const room = { name: "Chess", topic: "Openings", kind: "public", closed: false };
  const form = { name: "Chess", topic: "Openings", access: "public", password: "" };
  assert.deepEqual(changesOf(room, form), {});
  assert.deepEqual(changesOf(room, { ...form, name: " Go ", closed: "on" }), { name: "Go", closed: true });
  assert.deepEqual(changesOf({ ...room, closed: true }, { ...form, topic: "" }), { topic: "", closed: false });
  assert.deepEqual(changesOf(room, { ...form, password: "e4" }), { password: "e4" });
  assert.deepEqual(changesOf(room, { ...form, password: "e4", noPassword: "on" }), { password: "" });
  assert.deepEqual(changesOf(room, { ...form, access: "private", password: "e4" }), { kind: "private" });
});

test("an invitation says how long, and how many, or leaves it open", () => {
  assert.deepEqual(newInvitation("chess", { days: "7", uses: "" }), { rooms: ["chess"], expires_in: 604_800 });
  assert.deepEqual(newInvitation("chess", { days: "1", uses: "10" }), { rooms: ["chess"], expires_in: 86_400, max_uses: 10 });
});

test("the name of a room is typed however it is written", () => {
  assert.ok(isNameOf("  chess   CLUB ", "Chess Club"));
  assert.ok(!isNameOf("chess", "Chess Club"));
  assert.ok(!isNameOf("", "Chess Club"));
});
