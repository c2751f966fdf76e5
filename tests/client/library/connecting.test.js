import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, socketsTried, makeWorld } from "../support/entering.js";
import { start, startInLobby } from "../support/server.js";

const frame = (data) => (server) => server.socket.onmessage({ data });

for (const [what, receive] of [
  ["words", frame("Welcome to the hotel")],
  ["a page", frame("<!doctype html>")],
  ["an object", frame('{"type":"welcome"}')],
  ["a number", frame("5")],
  ["nothing", frame("null")],
  ["a list of nothing", frame("[null]")],
  ["a list of what has no type", frame('[{"code": 1}]')],
  ["bytes", frame(new ArrayBuffer(4))],
]) {
  test(`a frame of ${what} is no chat's, and causes a reconnect`, () => {
    const { chat, server, clock } = startInLobby();
    const [socket] = server.sockets;
    receive(server);
    assert.equal(chat.state.name, "waiting");
    assert.equal(socket.closed, true);
    clock.tick(1);
    assert.equal(server.sockets.length, 2);
  });
}

test("a WebSocket whose constructor throws falls back", async () => {
  const world = makeWorld();
  world.WebSocket = class {
    constructor() {
      world.requests.push("WebSocket");
      throw new DOMException("The operation is insecure.", "SecurityError");
    }
  };
  const { chat } = await enterLobby(world);
  assert.equal(chat.state.transport, "events");
  assert.equal(socketsTried(world), 2);
});

function redirected() {
  const response = new Response('{"limits": {}}');
  return Object.defineProperty(response, "url", { value: "https://chat.test/api/v1/me" });
}

for (const [what, about, reason] of [
  ["to nobody", { up: false }, /^Nobody answers at http:\/\/chat\.test/],
  ["to a website", { proxyAnswers: () => new Response("<h1>Hello</h1>") }, /no chat/],
  ["to a redirect", { proxyAnswers: redirected }, /sends one on to https:\/\/chat\.test/],
  ["to another API", { proxyAnswers: () => new Response("No.", { status: 404 }) }, /no chat/],
  [
    "to a proxy in trouble",
    { proxyAnswers: () => new Response("<h1>Bad Gateway</h1>", { status: 502 }) },
    /cannot answer now \(502\)/,
  ],
]) {
  test(`connecting ${what} waits with that reason`, async () => {
    const { chat } = await enterLobby(makeWorld({ upgrades: false, ...about }));
    assert.equal(chat.state.name, "waiting");
    assert.match(chat.state.reason, reason);
    assert.match(chat.state.reason, /http:\/\/chat\.test/);
  });
}

test("a lost connection is the reason of the wait after it", () => {
  const { chat, server } = startInLobby();
  server.drop();
  assert.equal(chat.state.reason, "The connection was lost.");
});

test("without fetch the reason is that nobody answers", () => {
  const { chat, server } = start();
  server.drop();
  assert.match(chat.state.reason, /^Nobody answers at http:\/\/chat\.test/);
});

test("a first attempt waits as long as a proxy asks", async () => {
  const world = makeWorld({ upgrades: false });
  world.proxyAnswers = () =>
    new Response("Slow down", { status: 429, headers: { "Retry-After": "25" } });
  const { chat } = await enterLobby(world);
  assert.equal(chat.state.patient, true);
  assert.ok(chat.state.retryAt - world.clock.now() >= 25_000);
});
