import assert from "node:assert/strict";
import { test } from "node:test";

import { live, message, messages, room, startInLobby } from "../support/server.js";

const inRoom = (options) =>
  startInLobby({
    ...options,
    joined: { messages: messages(101, 150), more: true, room: { version: 150 } },
  });
const pageTo = (server, first, last) =>
  server.reply("history", {
    type: "history",
    room: "lobby",
    messages: messages(first, last),
    more: first > 1,
    newer: true,
  });
const seqs = (list) => list.map(({ seq }) => seq);

test("history loads a page at a place, which the snapshot does not hold", async () => {
  const { chat, server, events } = inRoom();
  const around = chat.history("lobby", { around: 20, limit: 3 });
  const { around: seq, limit } = server.last("history");
  assert.deepEqual({ seq, limit }, { seq: 20, limit: 3 });
  pageTo(server, 19, 21);
  assert.deepEqual(await around, { messages: messages(19, 21), more: true, newer: true, refs: {} });
  const after = chat.history({ after: 21 });
  assert.deepEqual([server.last("history").after, server.last("history").limit], [21, 50]);
  pageTo(server, 22, 71);
  assert.equal((await after).messages.length, 50);
  assert.equal(chat.snapshot().messages[0].seq, 101);
  assert.equal(events.of("history").length, 0);
});

test("messages are loaded by their seqs", async () => {
  const { chat, server } = inRoom();
  const found = chat.get([7, 3]);
  assert.deepEqual(server.last("get").seqs, [7, 3]);
  server.reply("get", { type: "messages", room: "lobby", messages: [message(3), message(7)] });
  assert.deepEqual(seqs(await found), [3, 7]);
  const refused = chat.get("lobby", [1]);
  server.refuse("get", "rate_limited");
  await assert.rejects(refused, { code: "rate_limited" });
});

test("changes of what was loaded from elsewhere are events until a reset", async () => {
  const { chat, server, events } = inRoom();
  chat.history({ around: 20, limit: 3 });
  pageTo(server, 19, 21);
  server.push(live(message(20, { version: 151, body: "changed" })));
  assert.equal(events.last("message").message.body, "changed");
  server.push(live(message(22, { version: 152, body: "changed" })));
  assert.equal(events.of("message").length, 1);
  server.push({
    type: "joined",
    room: room({ epoch: "e2", version: 1 }),
    reset: true,
    messages: [message(30)],
    more: true,
    members: [],
    count: 0,
  });
  server.push(live(message(20, { version: 2 })));
  assert.equal(events.of("message").length, 1);
});

test("a change that comes before its page is in the page", async () => {
  const { chat, server } = inRoom();
  const page = chat.history({ around: 20, limit: 3 });
  server.push(live(message(20, { version: 151, body: "changed" })));
  pageTo(server, 19, 21);
  assert.equal((await page).messages[1].body, "changed");
});
