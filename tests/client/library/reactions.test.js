import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, makeWorld } from "../support/entering.js";
import { ANA, BEN, letIn, live, message, start, startInLobby } from "../support/server.js";

const changes = (chat) => chat.snapshot("lobby").changes;
const CROWD = Array.from({ length: 20 }, (_, index) => `p${index}`);
const crowded = (count) => [{ emoji: "👍", count, by: CROWD }];

function startWithMessage(more = {}, joined = {}) {
  return startInLobby({ joined: { messages: [message(1, more)], room: { version: 1 }, ...joined } });
}

function marks(chat, seq = 1) {
  const { reactions } = chat.snapshot("lobby").messages[seq - 1];
  return Object.fromEntries(reactions.map(({ emoji, mine }) => [emoji, mine]));
}

test("a reaction is sent with the message's seq and resolves with its ack", async () => {
  const { chat, server } = startWithMessage();
  const reacted = chat.react(1, "👍");
  const { seq, emoji, on } = server.last("react");
  assert.deepEqual({ seq, emoji, on }, { seq: 1, emoji: "👍", on: true });
  assert.equal(changes(chat)[0].kind, "react");
  server.ack(1, { of: "react", version: 2 });
  assert.equal((await reacted).version, 2);
  const reactions = [{ emoji: "👍", count: 1, by: [ANA.id] }];
  server.push(live(message(1, { version: 2, reactions })));
  assert.deepEqual(changes(chat), []);
  assert.deepEqual(marks(chat), { "👍": true });
});

test("a reaction is taken back with false, in a room by its name too", () => {
  const { chat, server } = startWithMessage();
  chat.react("lobby", 1, "❤️", false);
  const { seq, emoji, on } = server.last("react");
  assert.deepEqual({ seq, emoji, on }, { seq: 1, emoji: "❤️", on: false });
});

test("a reaction to a message that waits is sent after it", () => {
  const { chat, server } = start({ room: "lobby" });
  chat.send("lobby", "hello");
  chat.react("lobby", chat.snapshot("lobby").outbox[0].id, "👍");
  letIn(server);
  assert.equal(server.commands("react").length, 0);
  server.ack(7);
  assert.equal(server.last("react").seq, 7);
});

test("reactions wait for the connection, in order, over a reload", () => {
  const { chat, server, storage } = startWithMessage();
  server.drop();
  chat.react(1, "👍");
  chat.react(1, "👍", false);
  chat.close();
  const reloaded = startInLobby({ storage, name: undefined });
  assert.equal(reloaded.server.last("react").on, true);
  reloaded.server.ack(1, { of: "react", version: 2 });
  assert.equal(reloaded.server.last("react").on, false);
});

test("a message does not wait for reactions, nor for their rate limit", () => {
  const { chat, server, clock, events } = startWithMessage();
  for (const on of [true, false, true]) chat.react(1, "👍", on);
  chat.send("now");
  assert.equal(server.commands("react").length, 1);
  assert.equal(server.last("send").body, "now");
  server.refuse("react", "rate_limited", { retry_after: 3 });
  server.ack(7);
  chat.send("and now");
  assert.equal(server.last("send").body, "and now");
  assert.equal(events.last("outbox").retryAt, null);
  clock.tick(3);
  assert.equal(server.commands("react").length, 2);
});

test("a reaction does not wait for the rate limit of messages", () => {
  const { chat, server } = startWithMessage();
  chat.send("one");
  server.refuse("send", "rate_limited", { retry_after: 3 });
  chat.react(chat.snapshot("lobby").outbox[0].id, "🎉");
  chat.react(1, "👍");
  assert.equal(server.last("react").emoji, "👍");
  assert.equal(server.commands("react").length, 1);
});

test("a refused reaction rejects and is forgotten", async () => {
  const { chat, server } = startWithMessage();
  const refused = chat.react(1, "x");
  server.refuse("react", "bad_request");
  await assert.rejects(refused, { code: "bad_request" });
  assert.deepEqual(changes(chat), []);
});

test("a reaction to a message that was not sent rejects", async () => {
  const { chat, server } = startInLobby();
  const sent = chat.send("one");
  const { id } = server.last("send");
  const reacted = chat.react(id, "👍");
  server.refuse("send", "too_long");
  await assert.rejects(sent, { code: "too_long" });
  await assert.rejects(reacted, { code: "not_found" });
  await assert.rejects(chat.react(id, "👍"), { code: "not_found" });
  assert.deepEqual(changes(chat), []);
});

test("reactions of a former guest are not tried as somebody else", () => {
  const { chat, server, storage } = startWithMessage();
  server.drop();
  chat.react(1, "👍");
  chat.close();
  const later = start({ storage, room: "lobby", name: "Ana" });
  later.server.accept();
  later.server.refuse("hello", "unauthorized");
  later.clock.tick(1);
  letIn(later.server, { ...ANA, id: "p-new" });
  assert.equal(later.server.commands("react").length, 0);
  assert.deepEqual(changes(later.chat), []);
});

test("each reaction says whether it is one's own", () => {
  const reactions = [
    { emoji: "👍", count: 1, by: [ANA.id] },
    { emoji: "❤️", count: 1, by: [BEN.id] },
    ...[{ emoji: "🎉", count: 21, by: CROWD }],
  ];
  const { chat } = startWithMessage({ reactions }, { mine: { 1: ["🎉"] } });
  assert.deepEqual(marks(chat), { "👍": true, "❤️": false, "🎉": true });
});

test("an ack that tells nothing new is no event", () => {
  const { chat, server, events } = startWithMessage();
  chat.react(1, "👍");
  const reactions = [{ emoji: "👍", count: 1, by: [ANA.id] }];
  server.push(live(message(1, { version: 2, reactions })));
  const before = events.of("message").length;
  server.ack(1, { of: "react", version: 2 });
  assert.equal(events.of("message").length, before);
});

test("one's own among many is known from its ack, whichever comes first", () => {
  for (const ackFirst of [true, false]) {
    const { chat, server } = startWithMessage({ reactions: crowded(20) });
    const ack = () => server.ack(1, { of: "react", version: 2 });
    chat.react(1, "👍");
    if (ackFirst) ack();
    server.push(live(message(1, { version: 2, reactions: crowded(21) })));
    if (!ackFirst) ack();
    assert.deepEqual(marks(chat), { "👍": true });
    server.push(live(message(1, { version: 3, reactions: crowded(22) })));
    assert.deepEqual(marks(chat), { "👍": true });
    chat.react(1, "👍", false);
    server.ack(1, { of: "react", version: 4 });
    server.push(live(message(1, { version: 4, reactions: crowded(21) })));
    assert.deepEqual(marks(chat), { "👍": false });
  }
});

test("an own one among many that was taken back elsewhere is marked no more", () => {
  for (const reset of [true, false]) {
    const { chat, server, clock } = startWithMessage({ reactions: crowded(22) }, { mine: { 1: ["👍"] } });
    server.drop();
    clock.tick(1);
    const missed = message(1, { version: 2, reactions: crowded(21) });
    letIn(server, ANA, { reset, messages: [missed], room: { version: 2 } });
    assert.deepEqual(marks(chat), { "👍": false });
  }
});

test("what was read before an own reaction does not undo it", () => {
  const { chat, server } = startWithMessage({ reactions: crowded(20) });
  chat.react(1, "👍");
  server.ack(1, { of: "react", version: 3 });
  server.heads({ lobby: 3 });
  const messages = [message(1, { version: 2, reactions: crowded(21) })];
  server.reply("sync", { type: "synced", room: "lobby", epoch: "e1", version: 2, reset: false, messages });
  server.push(live(message(1, { version: 3, reactions: crowded(22) })));
  assert.deepEqual(marks(chat), { "👍": true });
});

test("what was done on another device is marked before and after its message comes", () => {
  const { chat, server, events } = startWithMessage({ reactions: crowded(20) });
  const reacted = { type: "reacted", room: "lobby", seq: 1, emoji: "👍" };
  server.push({ ...reacted, version: 2, on: true });
  server.push(live(message(1, { version: 2, reactions: crowded(22) })));
  assert.deepEqual(marks(chat), { "👍": true });
  server.push(live(message(1, { version: 3, reactions: crowded(21) })));
  server.push({ ...reacted, version: 3, on: false });
  assert.deepEqual(marks(chat), { "👍": false });
  assert.equal(events.last("message").message.reactions[0].mine, false);
  server.push({ ...reacted, room: "elsewhere", version: 4, on: true });
});

test("what is missed, and older messages, are marked too", async () => {
  const { chat, server, events } = startInLobby({
    joined: { messages: [message(2)], room: { version: 2 }, more: true },
  });
  chat.history("lobby", 1);
  const older = message(1, { reactions: crowded(21) });
  const page = { room: "lobby", messages: [older], more: false, newer: true, mine: { 1: ["👍"] } };
  server.reply("history", { type: "history", ...page });
  assert.equal(events.last("history").messages[0].reactions[0].mine, true);
  server.heads({ lobby: 3 });
  const changed = message(2, { version: 3, reactions: crowded(30) });
  const place = { room: "lobby", epoch: "e1", version: 3, reset: false };
  server.reply("sync", { type: "synced", ...place, messages: [changed], mine: { 2: ["👍"] } });
  assert.equal(events.last("message").message.reactions[0].mine, true);
});

test("a call that names no message, or no emoji, says what is right", () => {
  const { chat } = startWithMessage();
  assert.throws(() => chat.react(1), { code: "bad_request" });
  assert.throws(() => chat.react(1, true), { code: "bad_request" });
  assert.throws(() => chat.react(0, "👍"), { code: "bad_request" });
});

for (const upgrades of [true, false]) {
  test(`a reaction reaches the log ${upgrades ? "over a socket" : "over HTTP"}`, async () => {
    const world = makeWorld({ upgrades });
    const { chat } = await enterLobby(world, { seconds: 1 });
    world.post("hello");
    await world.run();
    chat.react(1, "👍");
    await world.run(1);
    assert.deepEqual(marks(chat), { "👍": true });
    chat.react(1, "👍", false);
    await world.run(1);
    assert.deepEqual(marks(chat), {});
  });
}
