import assert from "node:assert/strict";
import { test } from "node:test";

import { endingFor, gateFor, isAboutName } from "../../../static/chat/page/logic/gate.js";

const OPEN = { state: { name: "open" }, info: { name: "Chess", kind: "public" }, site: { guests_may_write: true } };
const GUEST = { kind: "guest" };
const MEMBER = { kind: "member" };
const NOT_FOUND = { code: "not_found", message: "There is no such room here." };
const stopped = (code) => ({ state: { name: "stopped", code, reason: "Of the server." } });
const actions = ({ remedies }) => remedies.map(({ action }) => action);

test("a person who may write has a composer", () => {
  for (const known of [{ ...OPEN, user: GUEST }, { state: { name: "waiting" } }]) {
    assert.equal(gateFor(known), null);
    assert.equal(endingFor(known), null);
  }
  const readers = { ...OPEN, site: { guests_may_write: false } };
  assert.equal(gateFor({ ...readers, user: MEMBER }), null);
});

test("a person who may not write sees why, and what to do", () => {
  const readers = { ...OPEN, site: { guests_may_write: false }, user: GUEST };
  assert.equal(gateFor(readers).remedy.action, "sign-in");
  assert.equal(gateFor({ ...readers, info: null }).remedy.action, "sign-in");
  assert.match(gateFor({ ...OPEN, info: { closed: true }, user: GUEST }).words, /closed/);
  const reader = { ...OPEN, info: { kind: "public", my: { role: "reader" } }, user: MEMBER };
  assert.match(gateFor(reader).words, /only read here/);
  assert.equal(gateFor({ ...stopped(4400) }).remedy.action, "reload");
  assert.match(gateFor(stopped(4400)).words, /Reload it/);
  assert.equal(endingFor(stopped(4400)), null);
});

test("a guest who was invited writes where guests may not", () => {
  const info = { kind: "private", my: { role: "member" } };
  assert.equal(gateFor({ ...OPEN, info, site: { guests_may_write: false }, user: GUEST }), null);
});

test("a room that is missing or was deleted ends the visit", () => {
  const missing = endingFor({ ...OPEN, info: null, refusal: NOT_FOUND });
  assert.equal(missing.title, "This room does not exist");
  assert.deepEqual(actions(missing), ["front", "sign-in"]);
  const member = { ...OPEN, info: null, refusal: NOT_FOUND, signedIn: true, user: MEMBER };
  assert.deepEqual(actions(endingFor(member)), ["front"]);
  const deleted = endingFor({ ...OPEN, refusal: { ...NOT_FOUND, reason: "deleted" } });
  assert.equal(deleted.title, "This room was deleted");
  for (const reason of ["removed", "banned", "private"]) {
    const left = endingFor({ ...OPEN, refusal: { ...NOT_FOUND, reason } });
    assert.equal(left.title, "You are no longer in this room");
  }
  const other = endingFor({ ...OPEN, refusal: { code: "conflict", message: "Not now." } });
  assert.equal(other.words, "Not now.");
  assert.deepEqual(actions(other), ["front"]);
});

test("who left a room may come back where nobody has to ask them in", () => {
  const left = endingFor({ ...OPEN, refusal: NOT_FOUND });
  assert.equal(left.words, "Choose another room to go on.");
  assert.deepEqual(actions(left), ["join", "front"]);
  const info = { name: "Club", kind: "private" };
  assert.deepEqual(actions(endingFor({ ...OPEN, info, refusal: NOT_FOUND })), ["front"]);
});

test("who did not type a password can do so later", () => {
  for (const code of ["password_required", "password_wrong"]) {
    const ending = endingFor({ ...OPEN, info: null, refusal: { code, message: "It asks." } });
    assert.equal(ending.words, "It asks.");
    assert.equal(ending.remedies[0].words, "Type the password");
    assert.deepEqual(actions(ending), ["join", "front"]);
  }
});

test("who is removed or signed out is told so, and what to do", () => {
  for (const code of [4403, "forbidden"]) {
    const removed = endingFor(stopped(code));
    assert.equal(removed.title, "You can no longer take part here");
    assert.equal(removed.words, "An admin can tell you why.");
    assert.deepEqual(actions(removed), ["front"]);
  }
  for (const code of [4401, "unauthorized"]) {
    assert.equal(actions(endingFor(stopped(code)))[0], "restart");
    assert.equal(actions(endingFor({ ...stopped(code), signedIn: true }))[0], "sign-in");
    assert.equal(endingFor(stopped(code)).comesBack, true);
  }
});

test("a member who is a guest to the server is asked to sign in", () => {
  const ending = endingFor({ ...OPEN, user: GUEST, signedIn: true });
  assert.equal(actions(ending)[0], "sign-in");
  assert.equal(endingFor({ ...OPEN, user: MEMBER, signedIn: true }), null);
});

test("only refusals of a name ask for another name", () => {
  for (const code of ["name_taken", "name_invalid"]) {
    assert.ok(isAboutName({ code }));
    assert.equal(endingFor(stopped(code)), null);
    assert.equal(gateFor(stopped(code)), null);
  }
  assert.ok(!isAboutName({ code: "not_found" }));
});
