import assert from "node:assert/strict";
import { test } from "node:test";

import { accessOf, changesOf, isNameOf, newInvitation, newRoom, standingIn, waysIn } from "../../../static/chat/page/logic/roomways.js";

const ALL = ["invite", "moderate", "manage"];
const waysOf = (kind, may, fields = {}) => waysIn({ kind, my: { role: "member", may }, ...fields }, false).join(" ");

test("the menu of a room offers what the server says that one may do there", () => {
  const all = "invite settings leave delete";
  assert.deepEqual([waysOf("public", ALL), waysOf("private", ALL)], [all, all]);
  assert.deepEqual([waysOf("public", ["invite"]), waysOf("private", ["invite"])], ["leave", "invite leave"]);
  assert.deepEqual([waysOf("public"), waysOf("private")], ["leave", "leave"]);
  assert.equal(waysOf("private", ["moderate"]), "leave");
  assert.equal(waysOf("direct"), "hear hide");
  assert.equal(waysIn({ kind: "public" }, true).join(" "), "");
});

test("members choose what they hear of from the rooms in their list", () => {
  const my = { role: "member" };
  assert.equal(waysIn({ kind: "public", my }, true).join(" "), "hear leave");
  assert.equal(waysIn({ kind: "public", my }, false).join(" "), "leave");
});

test("people are invited to a room whose address alone lets nobody in", () => {
  assert.equal(waysOf("public", ["invite"], { has_password: true }), "invite leave");
});

test("a password is a way to come in", () => {
  assert.equal(accessOf({ kind: "public" }), "public");
  assert.equal(accessOf({ kind: "public", has_password: true }), "password");
  assert.equal(accessOf({ kind: "private" }), "private");
});

test("an invitation stands until it is revoked, over or used up", () => {
  const now = Date.parse("2030-01-01T00:00Z");
  const invitation = { rooms: [{ id: "r1" }, { id: "r2" }], revoked_at: null, expires_at: "2030-01-02T00:00Z", uses: 1, max_uses: null };
  const stands = (fields, id = "r2") => standingIn([{ ...invitation, ...fields }], { id }, now).length === 1;
  assert.ok(stands({}) && stands({ max_uses: 2 }));
  assert.ok(!stands({ max_uses: 1 }) && !stands({ expires_at: "2029-12-31T00:00Z" }) && !stands({ revoked_at: "2029-12-31T00:00Z" }));
  assert.ok(!stands({}, "r3"));
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
  assert.deepEqual(changesOf(room, { ...form, access: "private", password: "e4" }), { kind: "private" });
});

test("a password is set, changed, kept and taken away by who can come in", () => {
  const open = { name: "Chess", topic: "", kind: "public", closed: false };
  const form = { name: "Chess", topic: "", password: "" };
  const changes = (room, access, password = "") => changesOf(room, { ...form, access, password });
  assert.deepEqual(changes(open, "password", "e4"), { password: "e4" });
  const asking = { ...open, has_password: true };
  assert.deepEqual(changes(asking, "password"), {});
  assert.deepEqual(changes(asking, "password", "d4"), { password: "d4" });
  assert.deepEqual(changes(asking, "public", "d4"), { password: "" });
  assert.deepEqual(changes(asking, "private"), { kind: "private" });
  assert.deepEqual(changes({ ...open, kind: "private" }, "password", "e4"), { kind: "public", password: "e4" });
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
