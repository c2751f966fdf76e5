import assert from "node:assert/strict";
import { test } from "node:test";

import { ANA, letIn, live, message, messages, room, startInLobby, storages, start } from "../support/server.js";
import { enterLobby, makeWorld } from "../support/entering.js";

const original = message(3);
const reply = (seq, more = {}) => message(seq, { reply_to: 3, ...more });
const inRoom = (list, refs, options) =>
  startInLobby({
    ...options,
    joined: { messages: list, more: true, room: { version: list.at(-1).version }, refs },
  });

test("a reply names the message that it replies to", async () => {
  const { chat, server } = inRoom(messages(1, 5));
  chat.reply(3, "yes");
  const { body, reply_to } = server.last("send");
  assert.deepEqual({ body, reply_to }, { body: "yes", reply_to: 3 });
  server.ack(6);
  chat.send("lobby", "**x**", { replyTo: 4, format: "plain" });
  assert.deepEqual([server.last("send").reply_to, server.last("send").format], [4, "plain"]);
  server.ack(7);
  chat.reply("lobby", 5, "no", { format: "plain" });
  assert.deepEqual([server.last("send").reply_to, server.last("send").format], [5, "plain"]);
  server.ack(8);
  chat.send("plain");
  assert.ok(!("reply_to" in server.last("send")));
});

test("a reply waits in the outbox with what it replies to, over a reload", () => {
  const storage = storages();
  const { chat, server, events } = inRoom(messages(1, 5), undefined, { storage });
  server.drop();
  chat.reply(3, "later");
  assert.equal(events.last("outbox").entries[0].reply_to, 3);
  const again = start({ room: "lobby", storage });
  letIn(again.server, ANA);
  assert.equal(again.server.last("send").reply_to, 3);
});

test("a reply to a message of a former log is sent without it, also after a reload", () => {
  const restored = { messages: messages(1, 5), room: { version: 5, epoch: "e2" } };
  const storage = storages();
  const { chat, server, clock } = inRoom(messages(1, 5), undefined, { storage });
  server.drop();
  chat.reply(3, "later");
  const again = start({ room: "lobby", storage });
  letIn(again.server, ANA, restored);
  clock.tick(1);
  letIn(server, ANA, restored);
  for (const each of [again.server, server]) {
    const { body, reply_to } = each.last("send");
    assert.deepEqual([body, reply_to], ["later", undefined]);
  }
  assert.equal(chat.snapshot().outbox[0].reply_to, undefined);
});

test("a reply that is refused for a while after another log began is sent without it", () => {
  const { chat, server, clock } = inRoom(messages(1, 5));
  chat.reply(3, "on its way");
  server.push({ type: "joined", room: room({ epoch: "e2" }), reset: true, messages: [], more: false, members: [ANA], count: 1 });
  server.refuse("send", "rate_limited", { retry_after: 1 });
  clock.tick(2);
  assert.deepEqual([server.commands("send").length, server.last("send").reply_to], [2, undefined]);
});

test("events and snapshots have what their messages reply to", () => {
  const { chat, server, events } = inRoom([message(8), reply(9), message(10)], { 3: original });
  assert.deepEqual(events.last("reset").refs, { 3: original });
  assert.deepEqual(chat.snapshot().refs, { 3: original });
  server.push(live(message(11, { reply_to: 10 })));
  assert.equal(events.last("message").refs[10].body, "message 10");
  server.push(live(message(12)));
  assert.deepEqual(events.last("message").refs, {});
});

test("a change of what is replied to is an event, and what is shown from then on", () => {
  const { chat, server, events } = inRoom([message(8), reply(9)], { 3: original });
  server.push(live(message(3, { version: 10, body: "", deleted: true })));
  assert.equal(events.last("message").message.deleted, true);
  assert.equal(chat.snapshot().refs[3].deleted, true);
  server.push({ ...live(reply(11)), refs: { 3: original } });
  assert.equal(events.last("message").refs[3].deleted, true);
  server.push({ type: "renamed", room: "lobby", user: { ...original.author, name: "Benno" } });
  assert.equal(chat.snapshot().refs[3].author.name, "Benno");
});

test("pages of history have what their messages reply to", async () => {
  const { chat, server, events } = inRoom(messages(21, 25));
  const answer = { type: "history", room: "lobby", newer: true, refs: { 3: original } };
  const older = chat.history();
  server.reply("history", { ...answer, messages: [...messages(18, 19), reply(20)], more: true });
  assert.deepEqual((await older).refs, { 3: original });
  assert.deepEqual(events.last("history").refs, { 3: original });
  const around = chat.history({ around: 9 });
  server.reply("history", { ...answer, messages: [reply(9)], more: true });
  assert.deepEqual((await around).refs, { 3: original });
});

for (const upgrades of [true, false]) {
  test(`replies go over ${upgrades ? "a socket" : "HTTP"}`, async () => {
    const world = makeWorld({ upgrades });
    world.post("question");
    const { chat } = await enterLobby(world, { seconds: 2 });
    chat.reply(1, "answer");
    await world.run(2);
    assert.equal(world.room().log[1].reply_to, 1);
    assert.equal(chat.snapshot().refs[1].body, "question");
  });
}
