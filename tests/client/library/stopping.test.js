import assert from "node:assert/strict";
import { test } from "node:test";

import { start, startInLobby } from "../support/server.js";

const WORDS = "You were blocked for advertising.";

for (const [close, code] of [[4400, "bad_request"], [4401, "unauthorized"], [4403, "forbidden"]]) {
  test(`close code ${close} rejects joins that wait`, async () => {
    const { chat, server, events } = start({ room: "lobby" });
    const joining = [chat.join("lobby"), chat.join("chess")];
    server.accept();
    server.push({ type: "error", code, message: WORDS });
    server.drop(close);
    for (const each of joining) await assert.rejects(each, { code, message: WORDS });
    const [{ room, error }, ...others] = events.of("refused");
    assert.deepEqual([room, error.code, error.message, others], [null, code, WORDS, []]);
  });

  test(`close code ${close} without an error has the state's reason`, () => {
    const { chat, server, events } = startInLobby();
    server.push({ type: "error", code: "rate_limited", message: "Slow down." });
    server.drop(close);
    assert.equal(events.last("refused").error.code, code);
    assert.equal(events.last("refused").error.message, chat.state.reason);
  });
}

test("an error on an earlier connection is not the reason of a later stop", () => {
  const { server, clock, events } = startInLobby();
  server.push({ type: "error", code: "forbidden", message: "Not here." });
  server.drop();
  clock.tick(1);
  server.accept();
  server.drop(4403);
  assert.notEqual(events.last("refused").error.message, "Not here.");
});

test("closing the chat rejects joins without a refused event", async () => {
  const { chat, events } = start({ room: "lobby" });
  const joining = chat.join("lobby");
  chat.close();
  await assert.rejects(joining, { code: "disconnected" });
  assert.deepEqual(events.of("refused"), []);
});

test("a join after a stop is rejected at once", async () => {
  const { chat, server, events } = startInLobby();
  const duringIt = new Promise((resolve) => {
    chat.on("state", () => chat.join("chess").catch(resolve));
  });
  server.drop(4403);
  assert.equal((await duringIt).code, "forbidden");
  await assert.rejects(chat.join("attic"), { code: "forbidden" });
  assert.equal(events.of("refused").length, 1);
});

test("a join refused for its name succeeds under another", async () => {
  const { chat, server } = start({ name: "Ana" });
  server.accept();
  server.refuse("hello", "name_taken", { suggestion: "Ana 2" });
  await assert.rejects(chat.join("lobby"), { code: "name_taken", suggestion: "Ana 2" });
  chat.rename("Ana 2");
  server.accept();
  server.welcome();
  assert.equal(server.last("join").room, "lobby");
  server.joined();
  assert.equal((await chat.join("lobby")).state, "in");
});
