import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, socketsTried, makeWorld } from "../support/entering.js";
import { storages } from "../support/server.js";

test("with a WebSocket no HTTP request is made", async () => {
  const world = makeWorld();
  const { chat } = await enterLobby(world);
  assert.equal(chat.state.transport, "websocket");
  assert.deepEqual(world.requests, ["WebSocket"]);
});

test("a refused WebSocket falls back to a stream", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, events } = await enterLobby(world);
  assert.deepEqual(chat.state, { name: "open", transport: "events" });
  const names = events.of("state").map(({ name }) => name);
  assert.deepEqual(names, ["open"]);
});

test("a WebSocket without a response falls back after 4 seconds", async () => {
  const world = makeWorld({ swallowsUpgrades: true });
  const { chat } = await enterLobby(world, { seconds: 3.5 });
  assert.equal(chat.state.name, "connecting");
  await world.run(1);
  assert.equal(chat.state.transport, "events");
  assert.equal(socketsTried(world), 1);
});

/** Returns a world where WebSockets open, and pass nothing on while `swallowsFrames`. */
function silentSockets() {
  const world = makeWorld({ swallowsFrames: true });
  world.WebSocket = class extends world.WebSocket {
    frozen = world.swallowsFrames;
  };
  return world;
}

test("a WebSocket that opens without a welcome falls back", async () => {
  const world = silentSockets();
  const { chat } = await enterLobby(world, { seconds: 11 });
  assert.deepEqual(chat.state, { name: "open", transport: "events" });
  assert.equal(chat.snapshot("lobby").state, "in");
  assert.equal(socketsTried(world), 1);
});

test("a server that was down is tried by WebSocket again", async () => {
  const world = silentSockets();
  world.proxyAnswers = () => new Response("<h1>Bad Gateway</h1>", { status: 502 });
  const { chat } = await enterLobby(world, { seconds: 10.5 });
  Object.assign(world, { swallowsFrames: false, proxyAnswers: null });
  await world.run(2);
  assert.equal(chat.state.transport, "websocket");
  assert.equal(socketsTried(world), 2);
});

test("a stream that a proxy buffers is replaced by polls without a gap", async () => {
  const world = makeWorld({ upgrades: false, buffers: true });
  const { chat, events } = await enterLobby(world, { seconds: 5 });
  assert.equal(chat.state.transport, "poll");
  assert.equal(chat.snapshot("lobby").state, "in");
  assert.deepEqual(events.of("state").map(({ name }) => name), ["open", "open"]);
  assert.ok(world.presence.slice(1).every((count) => count > 0), `${world.presence}`);
});

test("a server that is down gets at most two requests an attempt", async () => {
  const world = makeWorld({ up: false });
  const { chat, events } = await enterLobby(world, { seconds: 60 });
  const waits = events.of("state").filter(({ name }) => name === "waiting").length;
  assert.ok(waits >= 4 && waits <= 9, `${waits}`);
  const attempts = world.requests.filter((request) => request !== "GET origin");
  assert.ok(attempts.length <= 2 * (waits + 1), `${attempts}`);
  world.up = true;
  await world.run(5);
  assert.equal(chat.state.transport, "websocket");
});

test("a server that starts between two requests gets a WebSocket", async () => {
  const world = makeWorld({ upgrades: false });
  const { fetch } = world;
  world.fetch = (...request) => {
    world.upgrades = true;
    return fetch(...request);
  };
  const { chat } = await enterLobby(world);
  assert.equal(chat.state.transport, "websocket");
  assert.equal(socketsTried(world), 2);
  assert.equal(world.connections.size, 1);
});

test("a proxy's error page causes no fallback", async () => {
  const world = makeWorld({ upgrades: false });
  world.proxyAnswers = () => new Response("<h1>Bad Gateway</h1>", { status: 502 });
  const { chat } = await enterLobby(world);
  assert.equal(chat.state.name, "waiting");
  assert.equal(chat.state.patient, false);
});

test("the client waits as long as a proxy asks", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, storage } = await enterLobby(world);
  assert.equal(storage.session.getItem("chat:transport"), '"events"');
  world.proxyAnswers = () =>
    new Response("Slow down", { status: 429, headers: { "Retry-After": "25" } });
  chat.send("lobby", "hello");
  await world.run(1);
  assert.equal(chat.state.patient, true);
  world.proxyAnswers = null;
  await world.run(20);
  assert.deepEqual(world.bodies(), []);
  await world.run(10);
  assert.deepEqual(world.bodies(), ["hello"]);
});

test("a reload uses the transport found before, and upgrades later", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, storage } = await enterLobby(world);
  chat.close();
  world.requests.length = 0;
  const again = await enterLobby(world, { storage });
  assert.equal(again.chat.state.transport, "events");
  assert.equal(socketsTried(world), 0);
  await world.run(61);
  assert.equal(socketsTried(world), 1);
});

test("another tab tries a WebSocket first", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, storage } = await enterLobby(world);
  chat.close();
  world.upgrades = true;
  const other = await enterLobby(world, { storage: storages(storage.local) });
  assert.equal(other.chat.state.transport, "websocket");
});

test("a remembered transport that fails is forgotten", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, storage } = await enterLobby(world);
  chat.close();
  world.up = false;
  const again = await enterLobby(world, { storage });
  assert.equal(again.chat.state.name, "waiting");
  Object.assign(world, { up: true, upgrades: true });
  await world.run(1);
  assert.equal(again.chat.state.transport, "websocket");
});

test("a server that restarts causes no fallback", async () => {
  const world = makeWorld();
  const { chat } = await enterLobby(world);
  world.up = false;
  world.cut();
  await world.run(20);
  world.up = true;
  await world.run(31);
  assert.equal(chat.state.transport, "websocket");
});

test("the client works without fetch, or without WebSocket", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat } = await enterLobby(world, { fetch: null, seconds: 5 });
  assert.notEqual(chat.state.name, "open");
  assert.ok(world.requests.every((each) => each === "WebSocket"));
  chat.close();
  const without = await enterLobby(world, { WebSocket: undefined });
  assert.equal(without.chat.state.transport, "events");
  without.network.wake();
  await world.run(100);
  assert.deepEqual(without.events.of("state"), [{ name: "open", transport: "events" }]);
});
