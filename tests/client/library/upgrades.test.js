import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, shown, socketsTried, makeWorld } from "../support/entering.js";

test("upgrades are tried after a minute, then less and less often", async () => {
  const world = makeWorld({ upgrades: false });
  await enterLobby(world);
  const times = [];
  let before = socketsTried(world);
  for (let second = 1; second <= 3000; second += 1) {
    await world.run(1);
    if (socketsTried(world) > before) times.push(second);
    before = socketsTried(world);
  }
  const waits = times.map((time, index) => time - (times[index - 1] ?? 0));
  assert.deepEqual(waits.map((wait) => Math.round(wait / 10) * 10), [60, 120, 240, 480, 600, 600, 600]);
});

test("an upgrade loses and doubles nothing, without leaving", async () => {
  for (const buffers of [false, true]) {
    const world = makeWorld({ upgrades: false, buffers });
    const { chat, events, storage } = await enterLobby(world, { seconds: 6 });
    assert.equal(chat.state.transport, buffers ? "poll" : "events");
    events.forget();
    world.presence.length = 0;
    world.upgrades = true;
    const sends = [];
    for (let number = 0; number < 280; number += 1) {
      world.post(`ben ${number}`);
      if (number % 10 === 0) sends.push(chat.send("lobby", `ana ${number}`));
      await world.run(0.25);
    }
    await world.run(3);
    assert.equal(chat.state.transport, "websocket");
    await Promise.all(sends);
    assert.equal(world.bodies().length, 308);
    assert.deepEqual(shown(chat), world.bodies());
    const received = events.of("message").map(({ message }) => message.version);
    assert.equal(new Set(received).size, received.length);
    assert.equal(events.of("reset").length, 0);
    assert.deepEqual(events.of("state").map(({ name }) => name), ["open"]);
    if (!buffers) assert.ok(world.presence.every((count) => count > 0), `${world.presence}`);
    assert.equal(world.connections.size, 1);
    assert.equal(storage.session.getItem("chat:transport"), null);
  }
});

test("a message being posted during an upgrade is stored once", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, network } = await enterLobby(world, { seconds: 1 });
  const { fetch } = world;
  world.upgrades = true;
  const receipt = chat.send("lobby", "hello");
  network.wake();
  await world.run(5);
  assert.equal(chat.state.transport, "websocket");
  assert.deepEqual(world.bodies(), ["hello"]);
  assert.equal((await receipt).seq, 1);
  assert.equal(world.fetch, fetch);
});

test("a returning network tries an upgrade, once in ten seconds", async () => {
  const world = makeWorld({ upgrades: false });
  const { network } = await enterLobby(world, { seconds: 1 });
  const before = socketsTried(world);
  for (let time = 0; time < 10; time += 1) {
    network.wake();
    await world.run(0.5);
  }
  assert.equal(socketsTried(world), before + 1);
});

for (const [what, spoil] of [
  ["says nothing", (connection) => (connection.frozen = true)],
  ["is one too many", (connection) => connection.cut(4429)],
  ["breaks", (connection) => connection.cut()],
]) {
  test(`a WebSocket that opens and ${what} replaces nothing`, async () => {
    const world = makeWorld({ upgrades: false });
    const { chat, network, events } = await enterLobby(world, { seconds: 1 });
    const { WebSocket } = world;
    world.upgrades = true;
    network.wake();
    await Promise.resolve();
    const sockets = [...world.connections].filter((connection) => connection instanceof WebSocket);
    assert.equal(sockets.length, 1);
    sockets.forEach(spoil);
    world.upgrades = false;
    const receipt = chat.send("lobby", "sent");
    world.post("received");
    await world.run(12);
    assert.equal(chat.state.transport, "events");
    assert.deepEqual(shown(chat).sort(), ["received", "sent"]);
    assert.equal((await receipt).id, world.room().log.find(({ body }) => body === "sent").id);
    assert.ok(events.of("state").every(({ name }) => name === "open"));
    assert.equal(world.connections.size, 1);
    // The next attempt is in two minutes, not in one.
    const before = socketsTried(world);
    await world.run(100);
    assert.equal(socketsTried(world), before);
    await world.run(20);
    assert.equal(socketsTried(world), before + 1);
  });
}

/** Lets WebSockets through; both transports are open until 3 s after the welcome. */
async function upgrade(world, network) {
  world.upgrades = true;
  network.wake();
  await world.run(2.5);
  assert.equal(world.connections.size, 2);
  await world.run(1);
  assert.equal(world.connections.size, 1);
}

test("the former transport is kept until 3 s after the welcome", async () => {
  const world = makeWorld({ upgrades: false });
  const { network } = await enterLobby(world, { seconds: 1 });
  await upgrade(world, network);
});

test("after a WebSocket worked, the next upgrade is tried in a minute", async () => {
  const world = makeWorld({ upgrades: false });
  const { network } = await enterLobby(world, { seconds: 200 });
  world.upgrades = true;
  network.wake();
  await world.run(5);
  world.upgrades = false;
  world.cut();
  await world.run(5);
  const before = socketsTried(world);
  await world.run(60);
  assert.equal(socketsTried(world), before + 1);
});

test("a former transport that ended is not switched back to", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, network } = await enterLobby(world, { seconds: 1 });
  const { WebSocket } = world;
  world.upgrades = true;
  network.wake();
  await Promise.resolve();
  const connections = [...world.connections];
  connections.find((each) => each instanceof WebSocket).frozen = true;
  await world.run(1);
  connections.find((each) => !(each instanceof WebSocket)).cut();
  world.post("received");
  await world.run(11);
  assert.equal(chat.state.name, "open");
  assert.deepEqual(shown(chat), ["received"]);
});

test("a welcome before the upgrade does not end the overlap early", async () => {
  const world = makeWorld({ upgrades: false });
  world.refuse("join", "name_taken", { suggestion: "Ana 2" });
  const { chat, network } = await enterLobby(world, { seconds: 1 });
  chat.rename("Ana 2");
  await world.run(1);
  await upgrade(world, network);
});
