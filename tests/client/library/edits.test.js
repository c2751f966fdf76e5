import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, makeWorld } from "../support/entering.js";
import { ANA, BEN, letIn, live, message, start, startInLobby } from "../support/server.js";

const outbox = (chat) => chat.snapshot("lobby").outbox;
const changes = (chat) => chat.snapshot("lobby").changes;
const own = (seq, more = {}) => message(seq, { author: ANA, ...more });

function startWithMessage() {
  const started = startInLobby({ joined: { messages: [own(1)], room: { version: 1 } } });
  return started;
}

test("an edit is sent with the message's seq and resolves with its ack", async () => {
  const { chat, server, events } = startWithMessage();
  const edited = chat.edit(1, "better");
  const { seq, body } = server.last("edit");
  assert.deepEqual({ seq, body }, { seq: 1, body: "better" });
  assert.equal("base" in server.last("edit"), false);
  assert.equal(events.last("outbox").changes[0].kind, "edit");
  assert.deepEqual(outbox(chat), []);
  server.ack(1, { of: "edit", version: 2 });
  assert.equal((await edited).version, 2);
  server.push(live(own(1, { version: 2, body: "better" })));
  assert.deepEqual(changes(chat), []);
});

test("an edit says which version it was made of where the caller does", () => {
  const { chat, server } = startWithMessage();
  chat.edit("lobby", 1, "better", { base: 1 });
  assert.equal(server.last("edit").base, 1);
});

test("a message is named by the id that it was sent under, too", () => {
  const { chat, server } = startWithMessage();
  chat.remove("m1");
  assert.equal(server.last("delete").seq, 1);
  assert.throws(() => chat.remove("unknown"), { code: "bad_request" });
});

test("the id of somebody else's message is none of one's own", () => {
  const joined = { messages: [message(1, { author: BEN })], room: { version: 1 } };
  const { chat } = startInLobby({ joined });
  assert.throws(() => chat.edit("m1", "mine"), { code: "bad_request" });
});

test("a message that was not sent yet is changed before it is sent", async () => {
  const { chat, server } = start({ room: "lobby" });
  chat.send("lobby", "helo");
  const [{ id }] = outbox(chat);
  assert.deepEqual(await chat.edit(id, "hello"), { id });
  letIn(server);
  assert.equal(server.last("send").body, "hello");
  assert.equal(server.commands("edit").length, 0);
});

test("a message that was not sent yet and is deleted is never sent", async () => {
  const { chat, server } = start({ room: "lobby" });
  const sent = chat.send("lobby", "oops");
  await chat.remove(outbox(chat)[0].id);
  await assert.rejects(sent, { code: "not_found" });
  letIn(server);
  assert.equal(server.commands("send").length, 0);
});

test("a change of a message that may have been stored waits for its ack", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("one");
  const { id } = server.last("send");
  server.drop();
  chat.edit(id, "uno");
  chat.send("two");
  chat.remove(id);
  clock.tick(1);
  letIn(server);
  assert.equal(server.last("send").body, "one");
  server.ack(7, { duplicate: true });
  assert.deepEqual([server.last("edit").seq, server.last("edit").body], [7, "uno"]);
  server.ack(7, { of: "edit", version: 8 });
  assert.equal(server.last("send").body, "two");
  server.ack(9);
  assert.equal(server.last("delete").seq, 7);
});

test("a change waits in the outbox over a reload, under its id", () => {
  const { chat, server, storage } = startWithMessage();
  chat.edit(1, "better");
  const { id } = server.last("edit");
  chat.close();
  const reloaded = startInLobby({ storage, name: undefined });
  assert.equal(reloaded.server.last("edit").id, id);
});

test("a refused edit fails, and can be tried again or discarded", async () => {
  const { chat, server } = startWithMessage();
  const refused = chat.edit(1, "better", { base: 1 });
  server.refuse("edit", "conflict");
  await assert.rejects(refused, { code: "conflict" });
  const [{ id, state, error }] = changes(chat);
  assert.deepEqual([state, error.code], ["failed", "conflict"]);
  chat.retry("lobby", id);
  assert.equal(server.commands("edit").length, 2);
  server.refuse("edit", "conflict");
  chat.discard("lobby", id);
  assert.deepEqual(changes(chat), []);
});

for (const change of ["edit", "remove"]) {
  test(`an own later change replaces a failed edit: ${change}`, () => {
    const { chat, server, storage } = startWithMessage();
    const make = () => (change === "edit" ? chat.edit(1, "second") : chat.remove(1));
    chat.edit(1, "first", { base: 1 });
    server.refuse("edit", "conflict");
    make();
    assert.deepEqual(changes(chat).map(({ state }) => state), ["sending"]);
    server.ack(1, { of: change === "edit" ? "edit" : "delete", version: 2 });
    server.push(live(own(1, { version: 2 })));
    chat.close();
    assert.deepEqual(changes(startInLobby({ storage, name: undefined }).chat), []);
  });

  test(`an edit that fails is not kept where a later change waits: ${change}`, async () => {
    const { chat, server } = startWithMessage();
    const refused = chat.edit(1, "first", { base: 1 });
    if (change === "edit") chat.edit(1, "second");
    else chat.remove(1);
    server.refuse("edit", "conflict");
    await assert.rejects(refused, { code: "conflict" });
    assert.deepEqual(changes(chat).map(({ state }) => state), ["sending"]);
  });
}

test("a failed edit of another message is kept", () => {
  const { chat, server } = startInLobby({ joined: { messages: [own(1), own(2)], room: { version: 2 } } });
  chat.edit(1, "better");
  server.refuse("edit", "conflict");
  chat.edit(2, "better");
  chat.react(1, "👍");
  assert.deepEqual(changes(chat).map(({ of, kind }) => [of, kind]), [[1, "edit"], [2, "edit"], [1, "react"]]);
});

test("a change does not go to what has its seq after a backup was restored", async () => {
  const { chat, server, clock, storage } = startWithMessage();
  server.drop();
  chat.edit(1, "better");
  const removed = [chat.remove(1), chat.react(1, "👍")];
  clock.tick(1);
  letIn(server, ANA, { messages: [message(1)], room: { version: 1, epoch: "e2" } });
  for (const each of removed) await assert.rejects(each, { code: "not_found" });
  for (const type of ["edit", "delete", "react"]) assert.equal(server.commands(type).length, 0);
  assert.deepEqual(changes(chat), []);
  const [{ id, body, state, error }] = outbox(chat);
  assert.deepEqual([body, state, error.code], ["better", "failed", "not_found"]);
  chat.close();
  const reloaded = startInLobby({ storage, name: undefined, joined: { room: { epoch: "e2" } } });
  reloaded.chat.retry("lobby", id);
  assert.equal(reloaded.server.last("send").body, "better");
});

test("what was written into a message that is then refused stays in it", async () => {
  const { chat, server } = startInLobby();
  const sent = chat.send("one");
  const { id } = server.last("send");
  const edited = chat.edit(id, "uno");
  server.refuse("send", "too_long");
  await assert.rejects(sent, { code: "too_long" });
  assert.deepEqual(await edited, { id });
  assert.deepEqual([outbox(chat)[0].body, outbox(chat)[0].state], ["uno", "failed"]);
  assert.deepEqual(changes(chat), []);
});

test("a message that was deleted before it was refused is not kept, whatever came after", async () => {
  const { chat, server, storage } = startInLobby();
  const sent = chat.send("one");
  const { id } = server.last("send");
  chat.remove(id);
  chat.edit(id, "uno");
  server.refuse("send", "too_long");
  await assert.rejects(sent, { code: "too_long" });
  assert.deepEqual([outbox(chat), changes(chat)], [[], []]);
  chat.close();
  assert.deepEqual(outbox(startInLobby({ storage, name: undefined }).chat), []);
});

test("changes of a former guest are not tried as somebody else", () => {
  const { chat, server, storage } = startWithMessage();
  chat.edit(1, "better");
  server.drop();
  chat.close();
  const later = start({ storage, room: "lobby", name: "Ana" });
  later.server.accept();
  later.server.refuse("hello", "unauthorized");
  later.clock.tick(1);
  letIn(later.server, { ...ANA, id: "p-new" });
  assert.equal(later.server.commands("edit").length, 0);
  assert.equal(changes(later.chat)[0].state, "failed");
});

test("a call that names no message, or no text, says what is right", () => {
  const { chat } = startWithMessage();
  assert.throws(() => chat.edit(0, "x"), { code: "bad_request" });
  assert.throws(() => chat.edit(1), { code: "bad_request" });
  assert.throws(() => chat.remove(), { code: "bad_request" });
});

for (const upgrades of [true, false]) {
  test(`an edit and a deletion reach the log ${upgrades ? "over a socket" : "over HTTP"}`, async () => {
    const world = makeWorld({ upgrades });
    const { chat } = await enterLobby(world, { seconds: 1 });
    const sent = chat.send("helo");
    const edited = chat.edit(chat.snapshot().outbox[0].id, "hello");
    await world.run(2);
    const { seq } = await sent;
    await edited;
    assert.deepEqual(world.bodies("lobby"), ["hello"]);
    const removed = chat.remove(seq);
    await world.run(2);
    assert.equal((await removed).seq, seq);
    assert.deepEqual([chat.snapshot().messages[0].deleted, chat.snapshot().changes], [true, []]);
  });
}
