import assert from "node:assert/strict";
import { test } from "node:test";

import { EDIT_ENDED, changeOf, isFinal, withChange } from "../../../static/chat/page/logic/changes.js";
import { EditDrafts } from "../../../static/chat/page/logic/editdrafts.js";
import { Standing } from "../../../static/chat/page/logic/standing.js";
import { MemoryStorage } from "../../../static/chat/client/base/storage.js";
import { failureText } from "../../../static/chat/page/logic/words.js";
import { isLateEdit } from "../../../static/chat/page/logic/times.js";

const AT = "2030-01-01T00:00:00Z";
const NOW = Date.parse(AT) + 60_000;
const MESSAGE = { seq: 4, id: "m", body: "one", at: AT, deleted: false, author: { id: "ana" } };
const ERROR = { code: "conflict", message: "Changed." };

test("a message is shown as its author has changed it last", () => {
  const changes = [
    { id: "a", kind: "edit", of: 4, body: "two", state: "sent" },
    { id: "b", kind: "edit", of: "m", body: "three", state: "waiting" },
  ];
  const shown = withChange(MESSAGE, changeOf(changes, MESSAGE));
  assert.deepEqual([shown.body, shown.pending, shown.deleted], ["three", true, false]);
  assert.equal(changeOf(changes, { seq: 5, id: "n" }), undefined);
  assert.equal(withChange(MESSAGE, undefined), MESSAGE);
});

test("an edit that was refused keeps its words, and a deletion the message", () => {
  const edit = withChange({ ...MESSAGE, deleted: true }, { kind: "edit", body: "two", state: "failed", error: ERROR });
  assert.deepEqual([edit.body, edit.deleted], ["two", false]);
  assert.equal(failureText(edit.error, "edit"), "This message was deleted. Copy your words, or discard them.");
  const deletion = withChange(MESSAGE, { kind: "delete", state: "failed", error: ERROR });
  assert.deepEqual([deletion.body, deletion.deleted], ["one", false]);
});

test("a deletion on its way is shown", () => {
  for (const state of ["undoable", "waiting", "sending", "sent"]) {
    const shown = withChange(MESSAGE, { kind: "delete", state });
    assert.deepEqual([shown.deleted, shown.undoable], [true, state === "undoable"]);
  }
});

test("only an edit after a minute is marked", () => {
  const edited = (edited_at) => isLateEdit({ at: AT, edited_at });
  assert.equal(edited(null), false);
  assert.equal(edited("2030-01-01T00:01:00Z"), false);
  assert.equal(edited("2030-01-01T00:01:01Z"), true);
});

function standing({ closed = false, edit = 3600, user = "ana" } = {}) {
  const listeners = {};
  const chat = {
    state: { name: "open" },
    user: { id: user, kind: "guest" },
    on: (type, listener) => (listeners[type] = listener),
  };
  const made = new Standing(chat);
  listeners.joined({ info: { closed } });
  listeners.welcome({ site: { guests_may_write: true }, limits: { body: 10, edit } });
  return made;
}

test("the author alone may change a message, and edit it for a while", () => {
  const copies = ["copy-text", "copy-message-link"];
  const all = ["react", "reply", "edit", ...copies, "delete"];
  assert.deepEqual(standing().actionsOn(MESSAGE, NOW), all);
  assert.deepEqual(standing({ edit: 60 }).actionsOn(MESSAGE, NOW), ["react", "reply", ...copies, "delete"]);
  assert.deepEqual(standing({ edit: 0 }).actionsOn(MESSAGE, NOW), ["react", "reply", ...copies, "delete"]);
  assert.deepEqual(standing({ user: "ben" }).actionsOn(MESSAGE, NOW), ["react", "reply", ...copies]);
  assert.deepEqual(standing({ closed: true }).actionsOn(MESSAGE, NOW), copies);
  assert.deepEqual(standing().actionsOn({ ...MESSAGE, deleted: true }, NOW), []);
});

test("a message that was not sent yet can be edited, but not linked to", () => {
  const entry = { ...MESSAGE, seq: undefined, at: NOW };
  assert.deepEqual(standing({ edit: 0 }).actionsOn(entry, NOW), ["edit", "copy-text", "delete"]);
});

test("drafts of edits are kept for each message, the last one last", () => {
  const drafts = new EditDrafts(new MemoryStorage(), "lobby");
  drafts.save({ of: 1, body: "a" });
  drafts.save({ of: 2, body: "b" });
  drafts.save({ of: 1, body: "c" });
  assert.deepEqual(drafts.all.map(({ body }) => body), ["b", "c"]);
  assert.equal(drafts.find(2).body, "b");
  drafts.save({ of: "m", body: "d" });
  drafts.rename("m", 3);
  assert.deepEqual(drafts.find(3), { of: 3, body: "d" });
  for (const of of [1, 2, 3]) drafts.drop(of);
  assert.deepEqual(drafts.all, []);
});

test("words of edits of a former log are given back, but for what was not changed", () => {
  const drafts = new EditDrafts(new MemoryStorage(), "lobby");
  drafts.save({ of: 1, body: "one more", former: "one", epoch: "e1" });
  drafts.save({ of: 2, body: "two", former: "two", epoch: "e1" });
  drafts.save({ of: 3, body: "three more", former: "three", epoch: "e2" });
  drafts.save({ of: "m", body: "four more", former: "four" });
  assert.deepEqual(drafts.takeFormer("e2"), ["one more"]);
  assert.deepEqual(drafts.all.map(({ of }) => of), [3, "m"]);
});

test("an edit that cannot be made any more says so, or that its message was deleted", () => {
  const change = { kind: "edit", body: "two", state: "failed", error: { code: EDIT_ENDED } };
  const words = [MESSAGE, { ...MESSAGE, deleted: true }].map((message) => {
    const { body, error, kind } = withChange(message, change);
    assert.deepEqual([body, isFinal(error)], ["two", true]);
    return failureText(error, kind);
  });
  assert.match(words[0], /^This message cannot be edited any more\./);
  assert.match(words[1], /^This message was deleted\./);
  assert.equal(isFinal(ERROR), false);
});
