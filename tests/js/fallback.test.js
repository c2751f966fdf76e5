import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, tried, world } from "./support/arrivals.js";
import { storages } from "./support/server.js";

test("where a WebSocket can be had, no door is knocked at", async () => {
  const there = world();
  const { chat } = await arrive(there);
  assert.equal(chat.state.transport, "websocket");
  assert.deepEqual(there.asked, ["WebSocket"]);
});

test("where a WebSocket is refused and the server answers, a stream is used", async () => {
  const there = world({ upgrades: false });
  const { chat, events } = await arrive(there);
  assert.deepEqual(chat.state, { name: "open", transport: "events" });
  const names = events.of("state").map(({ name }) => name);
  assert.deepEqual(names, ["open"]);
});

test("a WebSocket that somebody swallows is not waited for long", async () => {
  const there = world({ swallowsUpgrades: true });
  const { chat } = await arrive(there, { seconds: 3.5 });
  assert.equal(chat.state.name, "connecting");
  await there.run(1);
  assert.equal(chat.state.transport, "events");
  assert.equal(tried(there), 1);
});

/** A network that lets WebSockets open, and passes nothing on while `swallowsFrames`. */
function mute() {
  const there = world({ swallowsFrames: true });
  there.WebSocket = class extends there.WebSocket {
    frozen = there.swallowsFrames;
  };
  return there;
}

test("a WebSocket that opens and is never heard is fallen back from", async () => {
  const there = mute();
  const { chat } = await arrive(there, { seconds: 11 });
  assert.deepEqual(chat.state, { name: "open", transport: "events" });
  assert.equal(chat.snapshot("lobby").state, "in");
  assert.equal(tried(there), 1);
});

test("after a WebSocket that was not heard, a server that is down is tried by one again", async () => {
  const there = mute();
  there.proxyAnswers = () => new Response("<h1>Bad Gateway</h1>", { status: 502 });
  const { chat } = await arrive(there, { seconds: 10.5 });
  Object.assign(there, { swallowsFrames: false, proxyAnswers: null });
  await there.run(2);
  assert.equal(chat.state.transport, "websocket");
  assert.equal(tried(there), 2);
});

test("where a stream is held back, one polls, and nobody saw one leave", async () => {
  const there = world({ upgrades: false, gathers: true });
  const { chat, events } = await arrive(there, { seconds: 5 });
  assert.equal(chat.state.transport, "poll");
  assert.equal(chat.snapshot("lobby").state, "in");
  assert.deepEqual(events.of("state").map(({ name }) => name), ["open", "open"]);
  assert.ok(there.presence.slice(1).every((lines) => lines > 0), `${there.presence}`);
});

test("a server that is down is waited for, and gets no more than two questions at a time", async () => {
  const there = world({ up: false });
  const { chat, events } = await arrive(there, { seconds: 60 });
  const waits = events.of("state").filter(({ name }) => name === "waiting").length;
  assert.ok(waits >= 4 && waits <= 9, `${waits}`);
  assert.ok(there.asked.length <= 2 * (waits + 1), `${there.asked}`);
  there.up = true;
  await there.run(31);
  assert.equal(chat.state.transport, "websocket");
});

test("a server that comes up between two questions is no reason to fall back", async () => {
  const there = world({ upgrades: false });
  const { fetch } = there;
  there.fetch = (...request) => {
    there.upgrades = true;
    return fetch(...request);
  };
  const { chat } = await arrive(there);
  assert.equal(chat.state.transport, "websocket");
  assert.equal(tried(there), 2);
  assert.equal(there.lines.size, 1);
});

test("a proxy that answers for a server that is down is no way to it", async () => {
  const there = world({ upgrades: false });
  there.proxyAnswers = () => new Response("<h1>Bad Gateway</h1>", { status: 502 });
  const { chat } = await arrive(there);
  assert.equal(chat.state.name, "waiting");
  assert.equal(chat.state.patient, false);
});

test("a proxy that asks for patience gets it", async () => {
  const there = world({ upgrades: false });
  const { chat, storage } = await arrive(there);
  assert.equal(storage.session.getItem("chat:transport"), '"events"');
  there.proxyAnswers = () =>
    new Response("Slow down", { status: 429, headers: { "Retry-After": "25" } });
  chat.send("lobby", "hello");
  await there.run(1);
  assert.equal(chat.state.patient, true);
  there.proxyAnswers = null;
  await there.run(20);
  assert.deepEqual(there.bodies(), []);
  await there.run(10);
  assert.deepEqual(there.bodies(), ["hello"]);
});

test("a reload goes at once the way that was found, and tries for a better one later", async () => {
  const there = world({ upgrades: false });
  const { chat, storage } = await arrive(there);
  chat.close();
  there.asked.length = 0;
  const again = await arrive(there, { storage });
  assert.equal(again.chat.state.transport, "events");
  assert.equal(tried(there), 0);
  await there.run(61);
  assert.equal(tried(there), 1);
});

test("another tab begins anew", async () => {
  const there = world({ upgrades: false });
  const { chat, storage } = await arrive(there);
  chat.close();
  there.upgrades = true;
  const other = await arrive(there, { storage: storages(storage.local) });
  assert.equal(other.chat.state.transport, "websocket");
});

test("a way that was found and leads nowhere now is forgotten", async () => {
  const there = world({ upgrades: false });
  const { chat, storage } = await arrive(there);
  chat.close();
  there.up = false;
  const again = await arrive(there, { storage });
  assert.equal(again.chat.state.name, "waiting");
  Object.assign(there, { up: true, upgrades: true });
  await there.run(1);
  assert.equal(again.chat.state.transport, "websocket");
});

test("after a WebSocket had worked, a server that restarts is not fallen back from", async () => {
  const there = world();
  const { chat } = await arrive(there);
  there.up = false;
  there.cut();
  await there.run(20);
  there.up = true;
  await there.run(31);
  assert.equal(chat.state.transport, "websocket");
});

test("without a fetch there are sockets only, and without sockets only doors", async () => {
  const there = world({ upgrades: false });
  const { chat } = await arrive(there, { fetch: null, seconds: 5 });
  assert.notEqual(chat.state.name, "open");
  assert.ok(there.asked.every((each) => each === "WebSocket"));
  chat.close();
  const without = await arrive(there, { WebSocket: undefined });
  assert.equal(without.chat.state.transport, "events");
  without.network.wake();
  await there.run(100);
  assert.deepEqual(without.events.of("state"), [{ name: "open", transport: "events" }]);
});
