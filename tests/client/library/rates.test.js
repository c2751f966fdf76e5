import assert from "node:assert/strict";
import { test } from "node:test";

import { letIn, room, startInLobby } from "../support/server.js";

const SLOW = { message: "Slow down a little: try again in 3 s.", retry_after: 3 };
const outbox = (chat, slug) => chat.snapshot(slug).outbox.map(({ state }) => state);

/** Lets the client join each room that it asked for and that was not replied to. */
function letInto(server, slugs) {
  for (const slug of slugs) {
    const { id } = server.commands("join").findLast((command) => command.room === slug);
    const about = { room: room({ slug }), reset: true, messages: [], more: false };
    server.push({ type: "joined", id, ...about, members: [], count: 1 });
  }
}

test("the state says why a client waits, and until when", () => {
  const { chat, server, clock, events } = startInLobby();
  chat.send("lobby", "one");
  server.refuse("send", "rate_limited", SLOW);
  const retryAt = clock.now() + 3000;
  const reason = SLOW.message;
  assert.deepEqual(chat.state, { name: "open", transport: "websocket", retryAt, reason });
  assert.equal(events.last("outbox").reason, reason);
  clock.tick(3);
  assert.deepEqual(chat.state, { name: "open", transport: "websocket" });
  assert.equal(events.last("outbox").reason, null);
});

test("a wait that the server asked for with a close has its sentence", () => {
  const { chat, server } = startInLobby();
  server.push({ type: "error", code: "rate_limited", ...SLOW });
  server.drop(4429);
  assert.equal(chat.state.reason, SLOW.message);
  assert.equal(chat.state.patient, true);
});

test("a close for flooding without a sentence has one of the library", () => {
  const { chat, server } = startInLobby();
  server.drop(4429);
  assert.match(chat.state.reason, /too much at once/);
});

test("an earlier refusal is not the reason of a lost connection", () => {
  const { chat, server } = startInLobby();
  server.push({ type: "error", code: "rate_limited", ...SLOW });
  server.drop();
  assert.equal(chat.state.reason, "The connection was lost.");
});

test("a refused send holds back those to other rooms", () => {
  const { chat, server, clock } = startInLobby();
  chat.join("chess");
  letInto(server, ["chess"]);
  chat.send("lobby", "one");
  server.refuse("send", "rate_limited", SLOW);
  chat.send("chess", "two");
  clock.tick(2.9);
  assert.equal(server.commands("send").length, 1);
  clock.tick(0.2);
  assert.deepEqual(server.commands("send").map(({ body }) => body).sort(), ["one", "one", "two"]);
});

test("a refused send does not hold back other kinds of commands", () => {
  const { chat, server } = startInLobby();
  chat.send("lobby", "one");
  server.refuse("send", "rate_limited", SLOW);
  chat.join("chess");
  assert.equal(server.last("join").room, "chess");
});

test("a client in sixty rooms joins them a few at once", () => {
  const { chat, server, clock } = startInLobby();
  const slugs = Array.from({ length: 60 }, (_, number) => `room-${number}`);
  slugs.forEach((slug) => chat.join(slug));
  for (let done = 0; done < 60; done += 8) {
    const asked = server.commands("join").slice(1).map((command) => command.room);
    assert.deepEqual(asked, slugs.slice(0, done + 8));
    letInto(server, asked.slice(done));
  }
  server.drop();
  clock.tick(1);
  letIn(server);
  // The lobby has its reply, so there is place for one more.
  assert.equal(server.commands("join").length, 9);
});

test("a room that may not be created yet does not delay those one was in", () => {
  const { chat, server, clock } = startInLobby();
  chat.join("new");
  server.refuse("join", "rate_limited", { message: "Wait.", retry_after: 10 });
  chat.join("another");
  assert.equal(server.commands("join").length, 2);
  server.drop();
  clock.tick(1);
  server.accept();
  server.welcome();
  assert.deepEqual(server.commands("join").map((each) => each.room), ["lobby", "new", "another"]);
});

test("a room that is left is not joined later", () => {
  const { chat, server, clock } = startInLobby();
  chat.join("new");
  server.refuse("join", "rate_limited", SLOW);
  const joining = assert.rejects(chat.join("other"), { code: "disconnected" });
  chat.leave("other");
  clock.tick(10);
  assert.ok(server.commands("join").every((command) => command.room !== "other"));
  return joining;
});

test("a reply that a left room never gets delays nothing", () => {
  const { chat, server } = startInLobby();
  for (let number = 0; number < 20; number += 1) {
    chat.join(`room-${number}`);
    chat.leave(`room-${number}`);
    const { id, room: left } = server.last("leave");
    server.push({ type: "left", id, room: left });
  }
  assert.equal(server.commands("join").length, 21);
  chat.send("lobby", "hello");
  assert.deepEqual(outbox(chat, "lobby"), ["sending"]);
});
