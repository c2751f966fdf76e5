import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, looks, makeWorld, socketsTried } from "../support/entering.js";

const TAB = { isOnline: true, isHidden: false };
const badGateway = () => new Response("<h1>Bad Gateway</h1>", { status: 502 });

/** Returns a client whose server has been down for so many seconds. */
async function enterAndLose(seconds, { tab = TAB, ...options } = {}) {
  const world = makeWorld();
  const entered = await enterLobby(world, { pageState: () => tab, ...options });
  await world.run(40);
  world.up = false;
  world.cut();
  await world.run(seconds);
  world.requests.length = 0;
  return entered;
}

for (const outage of [1, 7, 20, 61, 300]) {
  for (const chance of [0, 0.5, 0.999]) {
    test(`after ${outage} s without its server a client is back within 5 s (${chance})`, async () => {
      const { world, chat } = await enterAndLose(outage, { random: () => chance });
      world.up = true;
      await world.run(5);
      assert.equal(chat.state.transport, "websocket");
      assert.equal(chat.snapshot("lobby").state, "in");
    });
  }
}

test("clients come back spread over more than a second", async () => {
  const times = [];
  for (const chance of [0.01, 0.3, 0.6, 0.99]) {
    // All notice it in the same second; what follows is up to chance.
    const { world, chat } = await enterAndLose(100, { random: () => chance });
    world.up = true;
    let waited = 0;
    for (; chat.state.name !== "open"; waited += 0.25) await world.run(0.25);
    times.push(waited);
  }
  assert.ok(Math.max(...times) - Math.min(...times) > 1, `${times}`);
});

test("a proxy's error page is no server that is back", async () => {
  const { world, chat } = await enterAndLose(100, { random: () => 0.9 });
  Object.assign(world, { up: true, upgrades: false, proxyAnswers: badGateway });
  await world.run(60);
  const attempts = socketsTried(world);
  assert.ok(attempts <= 4, `${world.requests}`);
  Object.assign(world, { upgrades: true, proxyAnswers: null });
  await world.run(5);
  assert.equal(chat.state.transport, "websocket");
});

test("a server that answers and lets nobody connect is tried less and less often", async () => {
  const { world } = await enterAndLose(100);
  const { fetch } = world;
  world.up = true;
  world.upgrades = false;
  world.fetch = null;
  const api = (address, options) =>
    address.endsWith("/origin") ? fetch(address, options) : Promise.resolve(badGateway());
  const { chat } = await enterLobby(world, { fetch: api });
  await world.run(120);
  assert.equal(chat.state.name, "waiting");
  world.requests.length = 0;
  await world.run(60);
  assert.ok(world.requests.length < 12, `${world.requests}`);
});

test("a tab that nobody sees stops asking after a minute, and connects once it is seen", async () => {
  const tab = { ...TAB, isHidden: true };
  const { world, chat, network } = await enterAndLose(40, { tab, random: () => 0.999 });
  assert.ok(looks(world) === 0);
  await world.run(15);
  assert.ok(looks(world) >= 3, `${world.requests}`);
  await world.run(60);
  world.requests.length = 0;
  await world.run(600);
  assert.equal(looks(world), 0);
  world.up = true;
  network.wake();
  await world.run(0.5);
  assert.equal(chat.state.transport, "websocket");
});

test("without a network nothing is asked", async () => {
  const tab = { ...TAB, isOnline: false };
  const { world } = await enterAndLose(5, { tab });
  await world.run(100);
  assert.equal(looks(world), 0);
});

test("after ten minutes the server is asked at a fifth of the pace", async () => {
  const { world } = await enterAndLose(60, { random: () => 0.5 });
  await world.run(60);
  const brisk = looks(world);
  assert.ok(brisk >= 20 && brisk <= 31, `${brisk}`);
  await world.run(600);
  world.requests.length = 0;
  await world.run(60);
  const slow = looks(world);
  assert.ok(slow >= 3 && slow <= 7, `${slow}`);
});

test("a wait that the server asked for is not shortened", async () => {
  const { world, chat } = await enterAndLose(0);
  world.up = true;
  world.refuse("hello", "unavailable", { retry_after: 20 });
  await world.run(10);
  assert.equal(chat.state.patient, true);
  assert.equal(looks(world), 0);
});

test("nothing is asked once the chat is closed", async () => {
  const { world, chat } = await enterAndLose(30);
  chat.close();
  await world.run(60);
  assert.deepEqual(world.requests, []);
});

/** Makes WebSockets fail while HTTP is served: a proxy whose servers restart one by one. */
async function restartBehindProxy(entered) {
  const { world } = entered;
  world.upgrades = false;
  world.cut();
  await world.run(1);
  assert.equal(entered.chat.state.transport, "events");
}

for (const seconds of [1, 3]) {
  test(`a WebSocket that a proxy refused for ${seconds} s is taken again soon`, async () => {
    const entered = await enterLobby(makeWorld());
    const { world, chat, storage } = entered;
    await restartBehindProxy(entered);
    assert.equal(storage.session.getItem("chat:transport"), null);
    await world.run(seconds - 1);
    world.upgrades = true;
    await world.run(3.5);
    assert.equal(chat.state.transport, "websocket");
    assert.equal(storage.session.getItem("chat:transport"), null);
    world.post("still here");
    await world.run(1);
    assert.equal(chat.snapshot("lobby").messages.at(-1).body, "still here");
  });
}

test("a network that forbids WebSockets from now on is tried twice more, then seldom", async () => {
  const entered = await enterLobby(makeWorld());
  const { world, chat, storage } = entered;
  await restartBehindProxy(entered);
  world.requests.length = 0;
  await world.run(6);
  assert.equal(socketsTried(world), 2);
  await world.run(50);
  assert.equal(socketsTried(world), 2);
  await world.run(10);
  assert.equal(socketsTried(world), 3);
  world.cut();
  await world.run(3);
  assert.equal(chat.state.transport, "events");
  assert.equal(storage.session.getItem("chat:transport"), '"events"');
});
