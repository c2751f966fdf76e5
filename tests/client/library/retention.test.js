import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../../static/chat/client.js";
import { letIn, live, message, messages, startInLobby } from "../support/server.js";

const seqs = (list) => list.map(({ seq }) => seq);
const span = (chat) => {
  const { messages: held, more } = chat.snapshot("lobby");
  assert.deepEqual(seqs(held), seqs(messages(held[0].seq, held.at(-1).seq)));
  return [held[0].seq, held.at(-1).seq, more];
};
const inRoom = (first, last, options) =>
  startInLobby({
    ...options,
    joined: { messages: messages(first, last), more: first > 1, room: { version: last } },
  });
const receive = (server, first, last) => server.push(...messages(first, last).map(live));
const pageTo = (server, first, last) =>
  server.reply("history", { type: "history", room: "lobby", messages: messages(first, last), more: first > 1, newer: true });

test("`keep` limits the messages held, and history loads the rest", async () => {
  const { chat, server, events } = inRoom(1, 3, { keep: 5 });
  assert.deepEqual(span(chat), [1, 3, false]);
  receive(server, 4, 9);
  assert.deepEqual(span(chat), [5, 9, true]);
  assert.equal(events.of("message").length, 6);
  const older = chat.history("lobby");
  assert.equal(server.last("history").before, 5);
  pageTo(server, 1, 4);
  assert.deepEqual(seqs((await older).messages), [1, 2, 3, 4]);
  assert.deepEqual(span(chat), [1, 9, false]);
});

test("history continues where it was, whatever is sent meanwhile", () => {
  const { chat, server } = inRoom(91, 100, { keep: 10 });
  for (const first of [71, 51, 31]) {
    chat.history("lobby", 20);
    receive(server, 101 + 71 - first, 120 + 71 - first);
    assert.equal(server.last("history").before, first + 20);
    pageTo(server, first, first + 19);
  }
  assert.deepEqual(span(chat), [31, 160, true]);
  receive(server, 161, 165);
  assert.deepEqual(span(chat), [36, 165, true]);
});

test("a page of history that fails lets the oldest be dropped again", async () => {
  const { chat, server } = inRoom(6, 10, { keep: 5 });
  const page = chat.history("lobby");
  server.refuse("history", "rate_limited");
  await assert.rejects(page, { code: "rate_limited" });
  receive(server, 11, 12);
  assert.deepEqual(span(chat), [8, 12, true]);
});

test("a change to a dropped message is an event, to one never held is not", () => {
  const { chat, server, events } = inRoom(11, 15, { keep: 5 });
  receive(server, 16, 30);
  events.forget();
  server.push(live(message(12, { version: 31, deleted: true, body: "" })));
  assert.equal(events.last("message").message.deleted, true);
  server.push(live(message(3, { version: 32, body: "changed" })));
  assert.equal(events.of("message").length, 1);
  assert.deepEqual(span(chat), [26, 30, true]);
});

test("more missed messages than are held are all events", () => {
  const { chat, server, clock, events } = inRoom(1, 5, { keep: 5 });
  server.drop();
  clock.tick(1);
  letIn(server, undefined, { reset: false, messages: messages(6, 40), room: { version: 40 } });
  assert.deepEqual(seqs(events.of("message").map((event) => event.message)), seqs(messages(6, 40)));
  assert.deepEqual(span(chat), [36, 40, true]);
});

test("a reset longer than `keep` shows the newest", () => {
  const { chat, server, events } = inRoom(1, 50, { keep: 5 });
  assert.deepEqual(seqs(events.last("reset").messages), [46, 47, 48, 49, 50]);
  assert.equal(events.last("reset").more, true);
  server.push(live(message(20, { version: 51, body: "changed" })));
  assert.equal(events.of("message").length, 0);
  assert.deepEqual(span(chat), [46, 50, true]);
});

test("a program holds 2,000 messages of a room, a page all of them", () => {
  const program = inRoom(1, 50);
  receive(program.server, 51, 3000);
  assert.deepEqual(span(program.chat), [1001, 3000, true]);
  globalThis.document = {};
  try {
    const page = inRoom(1, 50);
    receive(page.server, 51, 3000);
    assert.deepEqual(span(page.chat), [1, 3000, false]);
  } finally {
    delete globalThis.document;
  }
});

test("`keep` is a number of one or more", () => {
  for (const keep of [0, -1, NaN, "all", null]) {
    const wrong = () => connect("https://chat.example.org", { keep });
    assert.throws(wrong, { name: "ChatError", code: "bad_request", message: /keep is a number/ });
  }
});
