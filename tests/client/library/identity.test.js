import assert from "node:assert/strict";
import { test } from "node:test";

import { forgetGuest, guestName, storedGuest } from "../../../static/chat/client/identity.js";
import { ANA, BEN, letIn, MEMBER, room, start, startInLobby, storages } from "../support/server.js";

test("a new guest sends a name, and the tab stores the token", () => {
  const { server, storage } = startInLobby();
  const { id, ...hello } = server.last("hello");
  assert.deepEqual(hello, { type: "hello", name: "Ana" });
  const reloaded = start({ storage, name: undefined });
  reloaded.server.accept();
  assert.equal(reloaded.server.last("hello").token, "token-of-p-ana");
});

test("a guest reconnects with the token", () => {
  const { server, clock } = startInLobby();
  server.drop();
  clock.tick(1);
  server.accept();
  assert.equal(server.last("hello").token, "token-of-p-ana");
  assert.equal(server.last("hello").name, undefined);
});

test("two tabs are two guests who share the last name only", () => {
  const first = startInLobby();
  const second = start({ storage: storages(first.storage.local), name: "Ben" });
  second.server.accept();
  assert.equal(second.server.last("hello").token, undefined);
  second.server.welcome(BEN);
  assert.equal(JSON.parse(first.storage.local.getItem("chat:name")), "Ben");
});

test("another name in the same tab is the same guest under another name", () => {
  const { storage } = startInLobby();
  const next = start({ storage, name: "Ana Maria" });
  next.server.accept();
  assert.equal(next.server.last("hello").token, "token-of-p-ana");
  assert.equal(next.server.last("hello").name, "Ana Maria");
});

test("a member sends no name and stores no token", () => {
  const storage = storages();
  startInLobby({ storage });
  const member = start({ storage, signedIn: true });
  member.server.accept();
  const { id, ...hello } = member.server.last("hello");
  assert.deepEqual(hello, { type: "hello" });
  member.server.welcome(MEMBER);
  assert.equal(JSON.parse(storage.session.getItem("chat:guest")).token, "token-of-p-ana");
});

test("a member whose session ended does not become a guest for good", () => {
  const { server, storage } = start({ signedIn: true });
  server.accept();
  server.welcome();
  assert.equal(storage.session.getItem("chat:guest"), null);
});

test("a name that a member has stops the client until another is set", () => {
  const { chat, server, clock, events } = start({ room: "lobby" });
  server.accept();
  server.refuse("hello", "name_taken", { suggestion: "Ana 2" });
  assert.equal(events.last("refused").error.suggestion, "Ana 2");
  assert.equal(chat.state.name, "stopped");
  clock.tick(60);
  assert.equal(server.sockets.length, 1);
  chat.rename("Ana 2");
  server.accept();
  assert.equal(server.last("hello").name, "Ana 2");
});

test("a name taken in the room is changed over the same socket", () => {
  const { chat, server, events } = start({ room: "lobby" });
  server.accept();
  server.welcome();
  server.refuse("join", "name_taken", { suggestion: "Ana 2" });
  assert.equal(events.last("refused").room, "lobby");
  chat.rename("Ana 2");
  assert.equal(server.last("hello").name, "Ana 2");
  assert.equal(server.last("hello").token, "token-of-p-ana");
  server.welcome({ ...ANA, name: "Ana 2" });
  server.joined();
  assert.equal(chat.snapshot("lobby").state, "in");
  assert.equal(chat.user.name, "Ana 2");
});

test("another name is taken between leaving the rooms and joining them again", () => {
  const { chat, server, events } = startInLobby();
  chat.rename("Anne");
  assert.deepEqual(server.socket.sent.slice(-2).map(({ type }) => type), ["leave", "hello"]);
  assert.equal(server.last("hello").name, "Anne");
  server.reply("leave", { type: "left", room: "lobby" });
  server.welcome({ ...ANA, name: "Anne" });
  server.joined();
  assert.equal(chat.snapshot("lobby").state, "in");
  assert.equal(chat.user.name, "Anne");
  assert.deepEqual(events.of("refused"), []);
});

test("a refused name leaves one out of the rooms until the next", () => {
  const { chat, server, events } = startInLobby();
  chat.rename("Ben");
  server.refuse("hello", "name_taken");
  assert.deepEqual([events.last("refused").room, chat.state.name], [null, "open"]);
  assert.equal(chat.snapshot("lobby").state, "out");
  chat.rename("Ana");
  server.welcome();
  server.joined();
  assert.equal(chat.snapshot("lobby").state, "in");
});

test("what is sent after a refused name is refused with it, and goes out with the next", async () => {
  const { chat, server } = startInLobby();
  chat.rename("Ben");
  const before = chat.send("before");
  server.refuse("hello", "name_taken");
  for (const promise of [before, chat.send("after"), chat.edit(1, "other")]) {
    await assert.rejects(promise, { code: "name_taken" });
  }
  chat.rename("Ana");
  server.welcome();
  server.joined();
  assert.equal(server.last("send").body, "before");
});

test("the reply to a join that was under way at a rename is ignored", () => {
  const { chat, server } = start({ room: "lobby" });
  server.accept();
  server.welcome();
  const { id } = server.last("join");
  chat.rename("Anne");
  server.push({ type: "joined", id, room: room(), reset: true, messages: [], more: false, members: [], count: 0 });
  assert.equal(chat.snapshot("lobby").state, "out");
  // The server has not read the `leave` yet.
  server.push({ type: "room", room: room({ topic: "Tea" }) });
  assert.equal(chat.snapshot("lobby").info, null);
  server.welcome({ ...ANA, name: "Anne" });
  assert.notEqual(server.last("join").id, id);
});

test("where a room cannot be left the client connects again under the other name", () => {
  const { chat, server, clock, events } = startInLobby();
  chat.rename("Anne");
  server.refuse("leave", "rate_limited", { retry_after: 1 });
  clock.tick(5);
  assert.equal(server.sockets.length, 2);
  server.accept();
  assert.equal(server.last("hello").name, "Anne");
  assert.deepEqual(events.of("refused"), []);
});

test("after a refused name the next session is under the former one", () => {
  const { chat, server, clock } = startInLobby();
  chat.rename("Ben");
  server.refuse("hello", "name_taken");
  server.drop();
  clock.tick(5);
  server.accept();
  const { id, ...hello } = server.last("hello");
  assert.deepEqual(hello, { type: "hello", token: "token-of-p-ana" });
});

test("hello is repeated when a busy server asks for that", () => {
  const { server, clock } = start({ room: "lobby" });
  server.accept();
  server.refuse("hello", "unavailable", { retry_after: 3 });
  clock.tick(2.9);
  assert.equal(server.sockets.length, 1);
  clock.tick(1);
  letIn(server);
  assert.equal(server.sockets.length, 2);
});

test("the client works where the browser denies its storage", () => {
  const full = storages();
  full.session.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  const { server, chat } = startInLobby({ storage: full });
  chat.send("lobby", "hello");
  assert.equal(server.last("send").body, "hello");
});

test("what a forgotten guest did not send is the next guest's of the tab", () => {
  const first = startInLobby();
  first.chat.send("lobby", "tried");
  first.chat.send("lobby", "not tried");
  first.server.drop();
  const { server, chat, clock } = start({ storage: first.storage, name: "Ana", room: "lobby" });
  server.accept();
  server.refuse("hello", "unauthorized");
  clock.tick(1);
  server.accept();
  server.welcome({ ...ANA, id: "p-new" });
  server.joined();
  assert.deepEqual(
    chat.snapshot("lobby").outbox.map(({ body, state }) => [body, state]),
    [["tried", "failed"], ["not tried", "sending"]],
  );
  assert.equal(server.last("send").body, "not tried");
});

test("a guest who is forgotten leaves a name", () => {
  const { storage } = startInLobby();
  forgetGuest(storage);
  assert.equal(storedGuest(storage), null);
  assert.equal(guestName(storage), "Ana");
  assert.equal(guestName(storages()), null);
});
