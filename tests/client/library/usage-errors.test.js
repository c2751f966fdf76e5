import assert from "node:assert/strict";
import { test } from "node:test";

import { ChatError, connect } from "../../../static/chat/client.js";
import { FakeServer, message, start, startInLobby } from "../support/server.js";

const badRequest = (words) => (error) =>
  error instanceof ChatError && error.code === "bad_request" && words.test(error.message);

for (const [options, words] of [
  ["Ana", /connect takes its options as an object/],
  [5, /connect takes its options as an object/],
  [() => {}, /connect takes its options as an object/],
  [{ room: 5 }, /room is a text/],
  [{ room: {} }, /room is a text/],
  [{ name: 5 }, /name is a text/],
  [{ token: 5 }, /token is a text/],
  [{ keep: "5" }, /keep is a number/],
  [{ signedIn: "yes" }, /signedIn is true or false/],
]) {
  test(`connect with ${JSON.stringify(options)} throws and opens nothing`, () => {
    const { WebSocket, sockets } = new FakeServer();
    const { WebSocket: kept } = globalThis;
    globalThis.WebSocket = WebSocket;
    try {
      assert.throws(() => connect("https://chat.example.org", options), badRequest(words));
    } finally {
      globalThis.WebSocket = kept;
    }
    assert.equal(sockets.length, 0);
  });
}

test("null counts as no option: `prompt` returns it", () => {
  const { chat, server } = start({ name: null, room: null, token: null });
  server.accept();
  const { id, ...hello } = server.last("hello");
  assert.deepEqual(hello, { type: "hello" });
  assert.throws(() => chat.join(), badRequest(/Which room\?/));
});

for (const [what, call, words] of [
  ["a room that is no text", (chat) => chat.join(5), /room is named by a text/],
  ["a room that was never joined", (chat) => chat.send("chess", "e4"), /never joined/],
  ["no message", (chat) => chat.send(), /message is a text/],
  ["a message that is no text", (chat) => chat.send({ body: "hello" }), /message is a text/],
  ["no message to a room", (chat) => chat.send("lobby", undefined), /message is a text/],
  ["three texts", (chat) => chat.send("lobby", "hello", "there"), /send\(room, body\)/],
  ["no listener", (chat) => chat.on("message"), /listener is a function/],
  ["no event", (chat) => chat.on("mesage", () => {}), /no event “mesage”/],
  ["a name that is no text", (chat) => chat.rename({ name: "Ana" }), /name is a text/],
  ["too long a page", (chat) => chat.history("lobby", 101), /1 to 100/],
  ["an empty page", (chat) => chat.history("lobby", 0), /1 to 100/],
  ["a reply to nothing", (chat) => chat.reply("lobby", undefined, "hi"), /Give its seq/],
  ["a reply by an id", (chat) => chat.reply("id-1", "hi"), /Give its seq/],
  ["a message read that has no seq", (chat) => chat.read(-1), /Which message was read last/],
  ["mentions of no message", (chat) => chat.mentionsMe(null), /A message is one/],
  ["mentions that are no ids", (chat) => chat.send("hi", { mentions: [1] }), /50 ids/],
  ["an unknown format", (chat) => chat.send("hi", { format: "html" }), /plain/],
  ["an unknown option", (chat) => chat.send("hi", { reply: 3 }), /no reply/],
  ["two places", (chat) => chat.history("lobby", { before: 1, after: 1 }), /before, after or around/],
  ["an unknown place", (chat) => chat.history("lobby", { at: 1 }), /before, after or around/],
  ["a place that is no seq", (chat) => chat.history("lobby", { around: "1" }), /with a seq/],
  ["too many seqs", (chat) => chat.get(Array(51).fill(1)), /1 to 50 seqs/],
  ["no seqs", (chat) => chat.get("lobby", []), /1 to 50 seqs/],
  ["half a message", (chat) => chat.history("lobby", 1.5), /1 to 100/],
]) {
  test(`${what} is refused before anything is sent`, () => {
    const { chat, server } = startInLobby();
    const before = server.socket.sent.length;
    assert.throws(() => call(chat), badRequest(words));
    assert.equal(server.socket.sent.length, before);
    assert.deepEqual(chat.snapshot().outbox, []);
  });
}

test("history takes a number without a room", () => {
  const { chat, server } = startInLobby({ joined: { messages: [message(9)], more: true } });
  chat.history(20);
  assert.equal(server.last("history").limit, 20);
  assert.equal(server.last("history").room, "lobby");
});

test("a failing page of history is no unhandled rejection", async () => {
  const { chat, server } = startInLobby({ joined: { messages: [message(9)], more: true } });
  const unhandled = [];
  const note = (error) => unhandled.push(error);
  process.on("unhandledRejection", note);
  chat.history();
  const waitedFor = chat.history();
  server.drop();
  await assert.rejects(waitedFor, { code: "disconnected" });
  await new Promise((resolve) => setImmediate(resolve));
  process.removeListener("unhandledRejection", note);
  assert.deepEqual(unhandled, []);
});

test("half a surrogate pair is sent as a replacement character", () => {
  const { chat, server } = startInLobby({ name: "A\ud800na" });
  assert.equal(server.last("hello").name, "A\ufffdna");
  chat.send("cut in the middle of \ud83d");
  assert.equal(server.last("send").body, "cut in the middle of \ufffd");
  chat.join("\ud800");
  assert.equal(server.last("join").room, "\ufffd");
});
