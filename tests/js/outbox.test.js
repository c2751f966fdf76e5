import assert from "node:assert/strict";
import { test } from "node:test";

import { ANA, BEN, letIn, live, MEMBER, message, start, startInLobby, storages } from "./support/server.js";

const bodies = (commands) => commands.map(({ body }) => body);
const outbox = (chat) => chat.snapshot("lobby").outbox;
const states = (chat) => outbox(chat).map(({ state }) => state);
const own = (seq, id, more = {}) => live(message(seq, { id, author: ANA, ...more }));

test("a message is shown as pending at once, and is sent when it is acknowledged", async () => {
  const { chat, server } = startInLobby();
  const sent = chat.send("lobby", "hello");
  assert.deepEqual(states(chat), ["sending"]);
  server.ack(1);
  assert.deepEqual(states(chat), ["sent"]);
  assert.equal((await sent).seq, 1);
  server.push(own(1, server.last("send").id));
  assert.deepEqual(outbox(chat), []);
});

test("a message that comes back before its ack counts as sent, and is not shown twice", async () => {
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

test("messages go one at a time, in order", () => {
  const { chat, server } = startInLobby();
  ["one", "two", "three"].forEach((body) => chat.send("lobby", body));
  assert.deepEqual(bodies(server.commands("send")), ["one"]);
  server.ack(1);
  server.ack(2);
  server.ack(3);
  assert.deepEqual(bodies(server.commands("send")), ["one", "two", "three"]);
});

test("what was not acknowledged goes again under the same id, before what came later", () => {
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

test("a message found in the log on coming back is not sent again", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "one");
  const { id } = server.last("send");
  server.drop();
  clock.tick(1);
  const said = message(1, { id, author: ANA });
  letIn(server, ANA, { reset: false, messages: [said], room: { version: 1 } });
  assert.equal(server.commands("send").length, 0);
  assert.deepEqual(outbox(chat), []);
});

test("what was written while away waits, survives a reload, and goes once, in order", () => {
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

test("what was written before the first welcome goes after it", () => {
  const { chat, server } = start({ room: "lobby" });
  chat.send("lobby", "early");
  letIn(server);
  assert.equal(server.last("send").body, "early");
});

test("a hurried server is given the time it asks for, and the order stays", () => {
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

test("a refused message says why, and those behind it go on", async () => {
  const { chat, server } = startInLobby();
  const refused = chat.send("lobby", "one");
  chat.send("lobby", "two");
  server.refuse("send", "forbidden");
  await assert.rejects(refused, { code: "forbidden" });
  assert.deepEqual(states(chat), ["failed", "sending"]);
  assert.equal(outbox(chat)[0].error.message, "No: forbidden.");
});

test("a failed message stays failed over a reload, until it is tried again or discarded", () => {
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

test("a message on its way can be neither discarded nor doubled by a retry", () => {
  const { chat, server } = startInLobby();
  chat.send("lobby", "one");
  const { id } = server.last("send");
  chat.discard("lobby", id);
  chat.retry("lobby", id);
  assert.equal(outbox(chat).length, 1);
  assert.equal(server.commands("send").length, 1);
});

test("what was sent long ago does not hang on when the log no longer shows it", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "one");
  server.drop();
  clock.tick(1);
  const latest = { messages: [message(90)], more: true, room: { version: 90 } };
  letIn(server, ANA, latest);
  server.ack(20, { duplicate: true });
  assert.deepEqual(outbox(chat), []);
});

test("what was acknowledged just before the connection went is gone once the log has it", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "one");
  server.ack(1);
  server.drop();
  clock.tick(1);
  const latest = { messages: [message(90)], more: true, room: { version: 90 } };
  letIn(server, ANA, latest);
  assert.deepEqual(outbox(chat), []);
});

test("two guests in two tabs do not send each other's messages", () => {
  const local = storages().local;
  const first = startInLobby({ storage: storages(local) });
  first.server.drop();
  first.chat.send("lobby", "mine");
  const second = startInLobby({ storage: storages(local), name: "Ben", user: BEN });
  assert.deepEqual(outbox(second.chat), []);
});

test("a duplicated tab is the same person, and sends under the same ids", () => {
  const first = startInLobby();
  first.server.drop();
  first.chat.send("lobby", "mine");
  const second = startInLobby({ storage: first.storage, name: undefined });
  first.clock.tick(1);
  letIn(first.server);
  assert.equal(second.server.last("send").id, first.server.last("send").id);
});

test("a member's messages wait for the member, in any tab", () => {
  const local = storages().local;
  const first = startInLobby({ storage: storages(local), signedIn: true, user: MEMBER });
  first.server.drop();
  first.chat.send("lobby", "mine");
  first.chat.close();
  const second = startInLobby({ storage: storages(local), signedIn: true, user: MEMBER });
  assert.equal(second.server.last("send").body, "mine");
});

test("what may have been said as another guest is not said again unasked", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "said already?");
  server.drop();
  chat.send("lobby", "never left");
  clock.tick(1);
  letIn(server, { ...ANA, id: "p-ana-2" });
  assert.deepEqual(states(chat), ["failed", "sending"]);
  assert.equal(server.last("send").body, "never left");
});

test("a room that moves takes its waiting messages along", () => {
  const { chat, server, storage } = startInLobby();
  chat.send("lobby", "one");
  const hall = { slug: "hall", name: "Hall", topic: "", closed: false, epoch: "e1", version: 0, seq: 0 };
  server.push({ type: "room", was: "lobby", room: hall });
  chat.close();
  const reloaded = start({ storage, name: undefined, room: "hall" });
  letIn(reloaded.server, ANA, { room: hall });
  assert.equal(reloaded.server.last("send").room, "hall");
  assert.equal(reloaded.server.last("send").body, "one");
});

test("what no frame can hold fails at once, and what comes after it goes out", async () => {
  const { chat, server } = startInLobby();
  const longest = "ä".repeat(32_000);
  const tooLong = chat.send("lobby", "ä".repeat(33_000));
  chat.send("lobby", longest);
  assert.deepEqual(server.commands("send").map(({ body }) => body), [longest]);
  assert.equal(chat.snapshot("lobby").outbox[0].state, "failed");
  await assert.rejects(tooLong, { code: "too_long" });
});
