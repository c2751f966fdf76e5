import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, tried, world } from "./support/arrivals.js";
import { start, startInLobby } from "./support/server.js";

const frame = (data) => (server) => server.socket.onmessage({ data });

for (const [what, say] of [
  ["words", frame("Welcome to the hotel")],
  ["a page", frame("<!doctype html>")],
  ["an object", frame('{"type":"welcome"}')],
  ["a number", frame("5")],
  ["nothing", frame("null")],
  ["a list of nothing", frame("[null]")],
  ["a list of what has no type", frame('[{"code": 1}]')],
  ["bytes", frame(new ArrayBuffer(4))],
]) {
  test(`who says ${what} over a socket is no chat, and is left like a line that broke`, () => {
    const { chat, server, clock } = startInLobby();
    const [socket] = server.sockets;
    say(server);
    assert.equal(chat.state.name, "waiting");
    assert.equal(socket.closed, true);
    clock.tick(1);
    assert.equal(server.sockets.length, 2);
  });
}

test("a WebSocket that cannot even be made is one that was refused", async () => {
  const there = world();
  there.WebSocket = class {
    constructor() {
      there.asked.push("WebSocket");
      throw new DOMException("The operation is insecure.", "SecurityError");
    }
  };
  const { chat } = await arrive(there);
  assert.equal(chat.state.transport, "events");
  assert.equal(tried(there), 2);
});

function sentOn() {
  const response = new Response('{"limits": {}}');
  return Object.defineProperty(response, "url", { value: "https://chat.test/api/v1/me" });
}

for (const [what, about, words] of [
  ["where nobody is", { up: false }, /^Nobody answers at http:\/\/chat\.test/],
  ["at a page", { proxyAnswers: () => new Response("<h1>Hello</h1>") }, /no chat/],
  ["at the door of another site", { proxyAnswers: sentOn }, /sends one on to https:\/\/chat\.test/],
  ["at somebody else's", { proxyAnswers: () => new Response("No.", { status: 404 }) }, /no chat/],
  [
    "behind a proxy in trouble",
    { proxyAnswers: () => new Response("<h1>Bad Gateway</h1>", { status: 502 }) },
    /cannot answer now \(502\)/,
  ],
]) {
  test(`who knocks ${what} is told so while they wait`, async () => {
    const { chat } = await arrive(world({ upgrades: false, ...about }));
    assert.equal(chat.state.name, "waiting");
    assert.match(chat.state.reason, words);
    assert.match(chat.state.reason, /http:\/\/chat\.test/);
  });
}

test("who was connected and waits is told that the connection was lost", () => {
  const { chat, server } = startInLobby();
  server.drop();
  assert.equal(chat.state.reason, "The connection was lost.");
});

test("without a fetch, a socket that does not open is all that one knows", () => {
  const { chat, server } = start();
  server.drop();
  assert.match(chat.state.reason, /^Nobody answers at http:\/\/chat\.test/);
});

test("a proxy that asks for patience gets it from whoever comes, too", async () => {
  const there = world({ upgrades: false });
  there.proxyAnswers = () =>
    new Response("Slow down", { status: 429, headers: { "Retry-After": "25" } });
  const { chat } = await arrive(there);
  assert.equal(chat.state.patient, true);
  assert.ok(chat.state.retryAt - there.clock.now() >= 25_000);
});
