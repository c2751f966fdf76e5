import assert from "node:assert/strict";
import { test } from "node:test";

import { letIn, start, startInLobby } from "../support/server.js";

/** Returns the messages in the outbox, with their states. */
const outbox = (chat) => chat.snapshot("lobby").outbox.map(({ body, state }) => `${body}: ${state}`);

test("closing rejects sends and keeps their messages", async () => {
  const { chat, server } = startInLobby();
  const sending = chat.send("hello");
  const waiting = chat.send("there");
  chat.close();
  for (const each of [sending, waiting]) await assert.rejects(each, { code: "disconnected" });
  await assert.rejects(chat.send("after the end"), { code: "disconnected" });
  assert.deepEqual(outbox(chat), ["hello: waiting", "there: waiting", "after the end: waiting"]);
  assert.equal(server.commands("send").length, 1);
});

test("a message kept at a stop is sent under its id after reconnect", async () => {
  const { chat, server } = startInLobby();
  chat.send("hello");
  const { id } = server.last("send");
  chat.close();
  chat.reconnect();
  assert.equal(server.sockets.length, 2);
  letIn(server);
  assert.equal(server.last("send").id, id);
  server.ack(1);
  assert.equal((await Promise.race([chat.join(), null])).state, "in");
  assert.deepEqual(outbox(chat), ["hello: sent"]);
});

test("a removed person's sends are rejected", async () => {
  const { chat, server } = startInLobby();
  const sending = chat.send("hello");
  server.drop(4403);
  await assert.rejects(sending, { code: "forbidden" });
});

test("a refused join rejects sends, and a rename sends them", async () => {
  const { chat, server } = start({ room: "lobby" });
  const before = chat.send("sent before");
  server.accept();
  server.welcome();
  server.refuse("join", "name_taken", { suggestion: "Ana 2" });
  await assert.rejects(before, { code: "name_taken", suggestion: "Ana 2" });
  await assert.rejects(chat.send("sent after"), { code: "name_taken" });
  chat.rename("Ana 2");
  server.welcome();
  server.joined();
  assert.equal(server.last("send").body, "sent before");
  server.ack(1);
  assert.equal(server.last("send").body, "sent after");
});

test("a rename within the refused event keeps the send pending", async () => {
  for (const place of ["join", "hello"]) {
    const { chat, server } = start({ room: "lobby" });
    chat.on("refused", ({ error }) => chat.rename(error.suggestion));
    const sending = chat.send("hello");
    server.accept();
    if (place === "join") server.welcome();
    server.refuse(place, "name_taken", { suggestion: "Ana 2" });
    if (place === "hello") server.accept();
    server.welcome();
    server.joined();
    server.ack(1);
    assert.equal((await sending).seq, 1);
    assert.equal((await chat.join()).state, "in");
  }
});

test("a lost connection does not reject a send", async () => {
  const { chat, server, clock } = startInLobby();
  const sending = chat.send("hello");
  server.drop();
  clock.tick(1);
  letIn(server);
  server.ack(1);
  assert.equal((await sending).seq, 1);
});

test("leaving a room rejects its sends and joins", async () => {
  const { chat } = startInLobby();
  const sending = chat.send("hello");
  const joining = chat.join("chess");
  chat.leave();
  chat.leave("chess");
  for (const each of [sending, joining]) {
    await assert.rejects(each, { code: "disconnected", message: /^This room was left/ });
  }
});

test("a send made under another identity is rejected", async () => {
  const { chat, server, clock } = startInLobby();
  const sending = chat.send("hello");
  server.drop();
  clock.tick(1);
  letIn(server, { id: "p-other", name: "Ana", kind: "guest" });
  await assert.rejects(sending, { code: "conflict" });
});

test("after a stop of any kind reconnect works", async () => {
  for (const end of [(chat) => chat.close(), (_, server) => server.drop(4403)]) {
    const { chat, server } = startInLobby();
    end(chat, server);
    chat.reconnect();
    letIn(server);
    assert.equal(chat.state.name, "open");
    assert.equal((await chat.join()).state, "in");
  }
});
