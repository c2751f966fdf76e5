import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, looks, makeWorld, shown, socketsTried } from "../support/entering.js";

/** Returns a world that cuts those connections, so many seconds after each was opened. */
function cuttingNetwork(seconds, isCut = () => true, about = {}) {
  const world = makeWorld(about);
  const opened = world.opened.bind(world);
  Object.assign(world, { seconds, isCut });
  world.opened = (connection) => {
    opened(connection);
    const cut = () => world.connections.has(connection) && world.isCut(connection) && connection.cut();
    world.clock.setTimeout(cut, world.seconds * 1000);
  };
  return world;
}

const isSocket = (connection) => typeof connection.close === "function";
const isPoll = (connection) => connection.resolve !== undefined;

/** Advances by so many seconds; Ben posts a message in each. */
async function postEachSecond(world, seconds) {
  for (let second = 0; second < seconds; second += 1) {
    world.post(`ben ${world.room().log.length}`);
    await world.run(1);
  }
}

function assertReceivedOnce(world, chat, events) {
  const seqs = events.of("message").map(({ message }) => message.seq);
  assert.equal(new Set(seqs).size, seqs.length);
  assert.deepEqual(shown(chat), world.bodies());
}

const names = (events) => events.of("state").map(({ name }) => name);

for (const seconds of [0.5, 3, 8, 20]) {
  test(`sockets cut after ${seconds} s each are replaced by HTTP`, async () => {
    const world = cuttingNetwork(seconds, isSocket);
    const { chat, events } = await enterLobby(world);
    await postEachSecond(world, 4 * seconds + 5);
    assert.equal(chat.state.transport, "events");
    assert.equal(socketsTried(world), 3);
    events.forget();
    await postEachSecond(world, 60);
    assert.deepEqual(names(events), []);
    await world.run(2);
    assert.deepEqual(shown(chat), world.bodies());
  });
}

test("polls that are cut wait for a shorter time", async () => {
  for (const seconds of [3, 12]) {
    const world = cuttingNetwork(seconds);
    const { chat, events } = await enterLobby(world);
    await postEachSecond(world, 8 * seconds + 10);
    assert.equal(chat.state.transport, "poll");
    await world.run(seconds * 2);
    assertReceivedOnce(world, chat, events);
    events.forget();
    world.presence.length = 0;
    await world.run(50);
    world.post("after a long silence");
    await world.run(1);
    assert.deepEqual(names(events), []);
    assert.equal(events.last("message").message.body, "after a long silence");
  }
});

test("a poll refused or unanswered in its full time ends the connection", async () => {
  for (const [seconds, spoil] of [
    [1, (world) => Object.assign(world, { up: false }).cut()],
    [40, (world) => world.freeze()],
  ]) {
    const world = cuttingNetwork(1, () => false, { upgrades: false, buffers: true });
    const { events } = await enterLobby(world, { seconds: 8 });
    await world.run(5);
    assert.equal([...world.connections].filter(isPoll).length, 1);
    world.post("something");
    await world.run(0.25);
    spoil(world);
    await world.run(seconds);
    assert.ok(names(events).includes("waiting"));
  }
});

test("a poll cut at once is repeated, as its connection may be old", async () => {
  const world = cuttingNetwork(1, () => false, { upgrades: false, buffers: true });
  const { events } = await enterLobby(world, { seconds: 8 });
  events.forget();
  for (let time = 0; time < 10; time += 1) {
    world.post(`ben ${time}`);
    await world.run(1);
    world.cut();
    await world.run(1);
  }
  assert.deepEqual(names(events), []);
  assert.equal(events.of("message").length, 10);
});

test("repeated cuts reconnect before others see the person leave", async () => {
  const world = cuttingNetwork(3);
  const { events } = await enterLobby(world);
  const lost = [];
  for (let time = 0; time < 60; time += 0.25) {
    lost.push(events.last("state").name === "waiting");
    await world.run(0.25);
  }
  const longest = Math.max(...lost.join().split("false").map((run) => run.split("true").length - 1));
  assert.ok(lost.includes(true));
  assert.ok(longest <= 4, `${longest / 4} s`);
});

test("a socket that lasts 30 s, or ends with a code, causes no fallback", async () => {
  for (const [seconds, code] of [[31, 1006], [3, 1012]]) {
    const world = cuttingNetwork(seconds, isSocket);
    world.isCut = (connection) => void (isSocket(connection) && connection.cut(code));
    await enterLobby(world);
    for (let time = 0; time < 6; time += 1) await world.run(seconds + 1);
    assert.ok(socketsTried(world) >= 5);
    assert.equal(socketsTried(world) + looks(world), world.requests.length);
  }
});

test("a socket that is cut is tried later each time, until it lasts", async () => {
  const world = cuttingNetwork(3, isSocket);
  const { chat } = await enterLobby(world, { seconds: 30 });
  assert.equal(chat.state.transport, "events");
  const times = [];
  for (let second = 30, before = socketsTried(world); second < 800; second += 1) {
    await world.run(1);
    if (socketsTried(world) > before) times.push(second);
    before = socketsTried(world);
  }
  assert.equal(times.length, 2, `${times}`);
  assert.ok(times[1] - times[0] > 200, `${times}`);
  world.isCut = () => false;
  await world.run(700);
  assert.equal(chat.state.transport, "websocket");
});
