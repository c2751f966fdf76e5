import assert from "node:assert/strict";
import { test } from "node:test";

import { BEN, live, message, messages, start, startInLobby } from "../support/server.js";

test("a room left and joined at once is joined", async () => {
  const { chat, server, events } = startInLobby();
  chat.leave("lobby");
  const joining = chat.join("lobby");
  events.forget();
  server.push(live(message(3)), { type: "presence", room: "lobby", joined: [BEN], left: [], count: 2 });
  server.heads({ lobby: 3 });
  server.reply("leave", { type: "left", room: "lobby" });
  assert.deepEqual(events.of("message"), []);
  assert.deepEqual(events.of("presence"), []);
  assert.equal(server.commands("sync").length, 0);
  server.joined({ messages: messages(1, 4), room: { version: 4 } });
  assert.equal((await joining).state, "in");
  assert.equal(chat.snapshot("lobby").messages.length, 4);
  assert.deepEqual(events.of("refused"), []);
});

test("a room left before the reply to the join is not joined", () => {
  for (const reply of ["joined", "busy"]) {
    const { chat, server, clock, events } = start({ room: "lobby" });
    server.accept();
    server.welcome();
    chat.leave("lobby");
    events.forget();
    if (reply === "busy") server.refuse("join", "rate_limited", { retry_after: 4 });
    else server.joined({ messages: messages(1, 2), room: { version: 2 } });
    clock.tick(10);
    assert.deepEqual(["joined", "reset", "refused"].flatMap(events.of), []);
    assert.equal(server.commands("join").length, 1);
    assert.equal(server.commands("received").length, 0);
  }
});

test("a message sent after rejoining is no longer stored", () => {
  const { chat, server, clock, storage } = start({ room: "lobby" });
  server.accept();
  server.welcome();
  const first = server.last("join");
  chat.send("lobby", "hello");
  chat.leave("lobby");
  chat.join("lobby");
  server.push({ type: "error", id: first.id, code: "unavailable", message: "No.", retry_after: 4 });
  server.joined();
  server.ack(1);
  clock.tick(10);
  const { length } = storage.session;
  const keys = Array.from({ length }, (_, index) => storage.session.key(index));
  assert.deepEqual(keys, ["chat:guest"]);
});
