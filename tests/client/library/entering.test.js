import assert from "node:assert/strict";
import { test } from "node:test";

import { start, startInLobby } from "../support/server.js";

test("a room's password is sent until it is accepted, and once", async () => {
  const { server, chat, events } = start();
  server.accept();
  server.welcome();
  const refused = assert.rejects(chat.join("safe"), { code: "password_required" });
  server.refuse("join", "password_required");
  await refused;
  assert.equal(events.last("refused").error.code, "password_required");
  const joined = chat.join("safe", { password: "open sesame" });
  assert.equal(server.last("join").password, "open sesame");
  server.joined({ room: { slug: "safe" } });
  await joined;
  server.push({ type: "left", room: "safe", reason: "removed" });
  assert.equal(events.last("refused").error.reason, "removed");
  chat.join("safe").catch(() => {});
  assert.equal(server.last("join").password, undefined);
});

test("a room that asks for a password by now is joined again with it", async () => {
  const { server, chat, events } = startInLobby();
  server.push({ type: "left", room: "lobby", reason: "password" });
  const { error } = events.last("refused");
  assert.deepEqual([error.code, error.reason], ["password_required", "password"]);
  assert.equal(error.message, "This room asks for a password now.");
  const joined = chat.join("lobby", { password: "open sesame" });
  assert.equal(server.last("join").password, "open sesame");
  server.joined();
  assert.equal((await joined).state, "in");
});

test("a message on its way into a room that was deleted waits, whatever is answered", async () => {
  const { server, chat } = startInLobby();
  const sending = chat.send("lobby", "too late");
  server.push({ type: "left", room: "lobby", reason: "deleted" });
  await assert.rejects(sending, { message: "This room was deleted." });
  server.refuse("send", "forbidden");
  const [entry] = chat.snapshot("lobby").outbox;
  assert.deepEqual([entry.state, entry.error], ["waiting", undefined]);
});
