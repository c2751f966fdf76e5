import assert from "node:assert/strict";
import { test } from "node:test";

import { letIn, start, startInLobby } from "./support/server.js";

/** The state of what is on its way. */
const onTheWay = (chat) => chat.snapshot("lobby").outbox.map(({ body, state }) => `${body}: ${state}`);

test("who closes while a message is on its way is told, and it is kept", async () => {
  const { chat, server } = startInLobby();
  const sending = chat.send("hello");
  const waiting = chat.send("there");
  chat.close();
  for (const each of [sending, waiting]) await assert.rejects(each, { code: "disconnected" });
  await assert.rejects(chat.send("after the end"), { code: "disconnected" });
  assert.deepEqual(onTheWay(chat), ["hello: waiting", "there: waiting", "after the end: waiting"]);
  assert.equal(server.commands("send").length, 1);
});

test("what was kept at the end goes out under its id when one connects anew", async () => {
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
  assert.deepEqual(onTheWay(chat), ["hello: sent"]);
});

test("who is removed while they write is told", async () => {
  const { chat, server } = startInLobby();
  const sending = chat.send("hello");
  server.drop(4403);
  await assert.rejects(sending, { code: "forbidden" });
});

test("who may not come in is told so by what they say, and may say it under another name", async () => {
  const { chat, server } = start({ room: "lobby" });
  const before = chat.send("said before");
  server.accept();
  server.welcome();
  server.refuse("join", "name_taken", { suggestion: "Ana 2" });
  await assert.rejects(before, { code: "name_taken", suggestion: "Ana 2" });
  await assert.rejects(chat.send("said after"), { code: "name_taken" });
  chat.rename("Ana 2");
  server.welcome();
  server.joined();
  assert.equal(server.last("send").body, "said before");
  server.ack(1);
  assert.equal(server.last("send").body, "said after");
});

test("who takes another name as soon as one is asked for has said it already", async () => {
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

test("a lost connection is no end: what is said is not rejected for it", async () => {
  const { chat, server, clock } = startInLobby();
  const sending = chat.send("hello");
  server.drop();
  clock.tick(1);
  letIn(server);
  server.ack(1);
  assert.equal((await sending).seq, 1);
});

test("who leaves a room does not wait for what they said there", async () => {
  const { chat } = startInLobby();
  const sending = chat.send("hello");
  const joining = chat.join("chess");
  chat.leave();
  chat.leave("chess");
  for (const each of [sending, joining]) {
    await assert.rejects(each, { code: "disconnected", message: /^This room was left/ });
  }
});

test("what may have been said under another identity is not waited for", async () => {
  const { chat, server, clock } = startInLobby();
  const sending = chat.send("hello");
  server.drop();
  clock.tick(1);
  letIn(server, { id: "p-other", name: "Ana", kind: "guest" });
  await assert.rejects(sending, { code: "conflict" });
});

test("after the end one may connect anew, whoever ended it", async () => {
  for (const end of [(chat) => chat.close(), (_, server) => server.drop(4403)]) {
    const { chat, server } = startInLobby();
    end(chat, server);
    chat.reconnect();
    letIn(server);
    assert.equal(chat.state.name, "open");
    assert.equal((await chat.join()).state, "in");
  }
});
