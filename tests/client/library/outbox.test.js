import assert from "node:assert/strict";
import { test } from "node:test";

import { ANA, BEN, letIn, live, MEMBER, message, start, startInLobby, storages } from "../support/server.js";

const bodies = (commands) => commands.map(({ body }) => body);
const outbox = (chat) => chat.snapshot("lobby").outbox;
const states = (chat) => outbox(chat).map(({ state }) => state);
const own = (seq, id, more = {}) => live(message(seq, { id, author: ANA, ...more }));

test("a message is pending at once, and sent when acknowledged", async () => {
  const { chat, server } = startInLobby();
  const sent = chat.send("lobby", "hello");
  assert.deepEqual(states(chat), ["sending"]);
  server.ack(1);
  assert.deepEqual(states(chat), ["sent"]);
  assert.equal((await sent).seq, 1);
  server.push(own(1, server.last("send").id));
  assert.deepEqual(outbox(chat), []);
});

test("a message received before its ack counts as sent, once", async () => {
  const { chat, server, events } = startInLobby();
  const sent = chat.send("lobby", "hello");
  server.push(own(1, server.last("send").id));
  assert.deepEqual(outbox(chat), []);
  assert.equal((await sent).seq, 1);
  server.ack(1);
  assert.equal(events.of("message").length, 1);
  assert.equal(server.commands("send").length, 1);
});

test("somebody else's message with the same id is not this one", () => {
  const { chat, server } = startInLobby();
  chat.send("lobby", "hello");
  server.push(live(message(1, { id: server.last("send").id, author: BEN })));
  assert.equal(outbox(chat).length, 1);
});

test("messages are sent one at a time, in order", () => {
  const { chat, server } = startInLobby();
  ["one", "two", "three"].forEach((body) => chat.send("lobby", body));
  assert.deepEqual(bodies(server.commands("send")), ["one"]);
  server.ack(1);
  server.ack(2);
  server.ack(3);
  assert.deepEqual(bodies(server.commands("send")), ["one", "two", "three"]);
});

test("an unacknowledged message is sent again first, under its id", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "one");
  const { id } = server.last("send");
  server.drop();
  chat.send("lobby", "two");
  clock.tick(1);
  letIn(server);
  assert.equal(server.last("send").id, id);
  server.ack(1, { duplicate: true });
  assert.equal(server.last("send").body, "two");
});

test("a message found in the log after a reconnect is not sent again", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "one");
  const { id } = server.last("send");
  server.drop();
  clock.tick(1);
  const stored = message(1, { id, author: ANA });
  letIn(server, ANA, { reset: false, messages: [stored], room: { version: 1 } });
  assert.equal(server.commands("send").length, 0);
  assert.deepEqual(outbox(chat), []);
});

test("messages written offline survive a reload and are sent once, in order", () => {
  const { chat, server, storage } = startInLobby();
  server.drop();
  chat.send("lobby", "one");
  chat.send("lobby", "two");
  assert.deepEqual(states(chat), ["waiting", "waiting"]);
  chat.close();

  const reloaded = startInLobby({ storage, name: undefined });
  assert.deepEqual(bodies(outbox(reloaded.chat)), ["one", "two"]);
  assert.equal(reloaded.server.last("send").body, "one");
  reloaded.server.ack(1);
  reloaded.server.ack(2);
  assert.deepEqual(bodies(reloaded.server.commands("send")), ["one", "two"]);

  const again = startInLobby({ storage, name: undefined });
  assert.equal(again.server.commands("send").length, 0);
});

test("what was written in a room is not sent to another one that has its address by now", async () => {
  const { chat, server, storage } = startInLobby({ joined: { room: { id: "~1" } } });
  server.drop();
  chat.send("lobby", "a secret");
  chat.close();

  const stranger = startInLobby({ storage, name: undefined, joined: { room: { id: "~2" } } });
  assert.equal(stranger.server.commands("send").length, 0);
  assert.deepEqual(states(stranger.chat), ["failed"]);
  assert.match(outbox(stranger.chat)[0].error.message, /another room/);
  stranger.chat.close();

  const { id } = outbox(stranger.chat)[0];
  const again = startInLobby({ storage, name: undefined, joined: { room: { id: "~2" } } });
  assert.equal(again.server.commands("send").length, 0);
  again.chat.retry("lobby", id);
  assert.equal(again.server.last("send").body, "a secret");
});

test("a message written before the first welcome is sent after it", () => {
  const { chat, server } = start({ room: "lobby" });
  chat.send("lobby", "early");
  letIn(server);
  assert.equal(server.last("send").body, "early");
});

test("a rate limit pauses the outbox and keeps its order", () => {
  const { chat, server, clock, events } = startInLobby();
  chat.send("lobby", "one");
  chat.send("lobby", "two");
  server.refuse("send", "rate_limited", { retry_after: 3 });
  assert.deepEqual(states(chat), ["waiting", "waiting"]);
  assert.equal(events.last("outbox").retryAt, clock.now() + 3000);
  clock.tick(2.9);
  assert.equal(server.commands("send").length, 1);
  clock.tick(0.2);
  assert.deepEqual(bodies(server.commands("send")), ["one", "one"]);
  assert.equal(events.last("outbox").retryAt, null);
});

test("a refused message fails with its error, and the next is sent", async () => {
  const { chat, server } = startInLobby();
  const refused = chat.send("lobby", "one");
  chat.send("lobby", "two");
  server.refuse("send", "forbidden");
  await assert.rejects(refused, { code: "forbidden" });
  assert.deepEqual(states(chat), ["failed", "sending"]);
  assert.equal(outbox(chat)[0].error.message, "No: forbidden.");
});

test("a failed message stays failed over a reload until retry or discard", () => {
  const { chat, server, storage } = startInLobby();
  chat.send("lobby", "one");
  chat.send("lobby", "two");
  server.refuse("send", "too_long");
  server.refuse("send", "forbidden");
  chat.close();

  const reloaded = startInLobby({ storage, name: undefined });
  assert.deepEqual(states(reloaded.chat), ["failed", "failed"]);
  const [one, two] = outbox(reloaded.chat);
  reloaded.chat.discard("lobby", one.id);
  reloaded.chat.retry("lobby", two.id);
  assert.deepEqual(bodies(reloaded.server.commands("send")), ["two"]);
  assert.deepEqual(states(reloaded.chat), ["sending"]);
});

test("retry and discard do nothing to a message being sent", () => {
  const { chat, server } = startInLobby();
  chat.send("lobby", "one");
  const { id } = server.last("send");
  chat.discard("lobby", id);
  chat.retry("lobby", id);
  assert.equal(outbox(chat).length, 1);
  assert.equal(server.commands("send").length, 1);
});

test("a late ack of a message older than the log removes it", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "one");
  server.drop();
  clock.tick(1);
  const latest = { messages: [message(90)], more: true, room: { version: 90 } };
  letIn(server, ANA, latest);
  server.ack(20, { duplicate: true });
  assert.deepEqual(outbox(chat), []);
});

test("an acknowledged message leaves the outbox once the log reaches it", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "one");
  server.ack(1);
  server.drop();
  clock.tick(1);
  const latest = { messages: [message(90)], more: true, room: { version: 90 } };
  letIn(server, ANA, latest);
  assert.deepEqual(outbox(chat), []);
});

test("two guests in two tabs have separate outboxes", () => {
  const local = storages().local;
  const first = startInLobby({ storage: storages(local) });
  first.server.drop();
  first.chat.send("lobby", "mine");
  const second = startInLobby({ storage: storages(local), name: "Ben", user: BEN });
  assert.deepEqual(outbox(second.chat), []);
});

test("a duplicated tab sends under the same ids", () => {
  const first = startInLobby();
  first.server.drop();
  first.chat.send("lobby", "mine");
  const second = startInLobby({ storage: first.storage, name: undefined });
  first.clock.tick(1);
  letIn(first.server);
  assert.equal(second.server.last("send").id, first.server.last("send").id);
});

test("a member's outbox is in every tab", () => {
  const local = storages().local;
  const first = startInLobby({ storage: storages(local), signedIn: true, user: MEMBER });
  first.server.drop();
  first.chat.send("lobby", "mine");
  first.chat.close();
  const second = startInLobby({ storage: storages(local), signedIn: true, user: MEMBER });
  assert.equal(second.server.last("send").body, "mine");
});

test("a message possibly sent as another guest fails", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "sent already?");
  server.drop();
  chat.send("lobby", "never left");
  clock.tick(1);
  letIn(server, { ...ANA, id: "p-ana-2" });
  assert.deepEqual(states(chat), ["failed", "sending"]);
  assert.equal(server.last("send").body, "never left");
});

test("a room that moves keeps its outbox", () => {
  const { chat, server, storage } = startInLobby();
  chat.send("lobby", "one");
  const hall = { slug: "hall", name: "Hall", topic: "", kind: "public", closed: false, epoch: "e1", version: 0, seq: 0 };
  server.push({ type: "room", was: "lobby", room: hall });
  chat.close();
  const reloaded = start({ storage, name: undefined, room: "hall" });
  letIn(reloaded.server, ANA, { room: hall });
  assert.equal(reloaded.server.last("send").room, "hall");
  assert.equal(reloaded.server.last("send").body, "one");
});

test("a message too long for a frame fails, and the next is sent", async () => {
  const { chat, server } = startInLobby();
  const longest = "ä".repeat(32_000);
  const tooLong = chat.send("lobby", "ä".repeat(33_000));
  chat.send("lobby", longest);
  assert.deepEqual(server.commands("send").map(({ body }) => body), [longest]);
  assert.equal(chat.snapshot("lobby").outbox[0].state, "failed");
  await assert.rejects(tooLong, { code: "too_long" });
});
