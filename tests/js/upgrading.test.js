import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, shown, tried, world } from "./support/arrivals.js";

test("a WebSocket is tried again after a minute, and then more and more seldom", async () => {
  const there = world({ upgrades: false });
  await arrive(there);
  const times = [];
  let before = tried(there);
  for (let second = 1; second <= 3000; second += 1) {
    await there.run(1);
    if (tried(there) > before) times.push(second);
    before = tried(there);
  }
  const waits = times.map((time, index) => time - (times[index - 1] ?? 0));
  assert.deepEqual(waits.map((wait) => Math.round(wait / 10) * 10), [60, 120, 240, 480, 600, 600, 600]);
});

test("one goes over to a WebSocket without a word lost or doubled, and without leaving", async () => {
  for (const gathers of [false, true]) {
    const there = world({ upgrades: false, gathers });
    const { chat, events, storage } = await arrive(there, { seconds: 6 });
    assert.equal(chat.state.transport, gathers ? "poll" : "events");
    events.forget();
    there.presence.length = 0;
    there.upgrades = true;
    const said = [];
    for (let number = 0; number < 280; number += 1) {
      there.says(`ben ${number}`);
      if (number % 10 === 0) said.push(chat.send("lobby", `ana ${number}`));
      await there.run(0.25);
    }
    await there.run(3);
    assert.equal(chat.state.transport, "websocket");
    await Promise.all(said);
    assert.equal(there.bodies().length, 308);
    assert.deepEqual(shown(chat), there.bodies());
    const heard = events.of("message").map(({ message }) => message.version);
    assert.equal(new Set(heard).size, heard.length);
    assert.equal(events.of("reset").length, 0);
    assert.deepEqual(events.of("state").map(({ name }) => name), ["open"]);
    if (!gathers) assert.ok(there.presence.every((lines) => lines > 0), `${there.presence}`);
    assert.equal(there.lines.size, 1);
    assert.equal(storage.session.getItem("chat:transport"), null);
  }
});

test("what was on its way to a door at that moment is said once", async () => {
  const there = world({ upgrades: false });
  const { chat, network } = await arrive(there, { seconds: 1 });
  const { fetch } = there;
  there.upgrades = true;
  const receipt = chat.send("lobby", "hello");
  network.wake();
  await there.run(5);
  assert.equal(chat.state.transport, "websocket");
  assert.deepEqual(there.bodies(), ["hello"]);
  assert.equal((await receipt).seq, 1);
  assert.equal(there.fetch, fetch);
});

test("when the network comes back a WebSocket is tried at once, but not over and over", async () => {
  const there = world({ upgrades: false });
  const { network } = await arrive(there, { seconds: 1 });
  const before = tried(there);
  for (let time = 0; time < 10; time += 1) {
    network.wake();
    await there.run(0.5);
  }
  assert.equal(tried(there), before + 1);
});

for (const [what, spoil] of [
  ["says nothing", (line) => (line.frozen = true)],
  ["is one too many", (line) => line.cut(4429)],
  ["breaks", (line) => line.cut()],
]) {
  test(`for a WebSocket that opens and ${what}, the way that works is not left`, async () => {
    const there = world({ upgrades: false });
    const { chat, network, events } = await arrive(there, { seconds: 1 });
    const { WebSocket } = there;
    there.upgrades = true;
    network.wake();
    await Promise.resolve();
    const sockets = [...there.lines].filter((line) => line instanceof WebSocket);
    assert.equal(sockets.length, 1);
    sockets.forEach(spoil);
    there.upgrades = false;
    const receipt = chat.send("lobby", "said");
    there.says("heard");
    await there.run(12);
    assert.equal(chat.state.transport, "events");
    assert.deepEqual(shown(chat).sort(), ["heard", "said"]);
    assert.equal((await receipt).id, there.room().log.find(({ body }) => body === "said").id);
    assert.ok(events.of("state").every(({ name }) => name === "open"));
    assert.equal(there.lines.size, 1);
    // The next try is in two minutes, not in one.
    const before = tried(there);
    await there.run(100);
    assert.equal(tried(there), before);
    await there.run(20);
    assert.equal(tried(there), before + 1);
  });
}

/** Let WebSockets through, and see both ways open until 3 s after the welcome. */
async function goOver(there, network) {
  there.upgrades = true;
  network.wake();
  await there.run(2.5);
  assert.equal(there.lines.size, 2);
  await there.run(1);
  assert.equal(there.lines.size, 1);
}

test("the former way stays open until a little after the welcome", async () => {
  const there = world({ upgrades: false });
  const { network } = await arrive(there, { seconds: 1 });
  await goOver(there, network);
});

test("after a WebSocket worked, the next that does not is tried soon again", async () => {
  const there = world({ upgrades: false });
  const { network } = await arrive(there, { seconds: 200 });
  there.upgrades = true;
  network.wake();
  await there.run(5);
  there.upgrades = false;
  there.cut();
  await there.run(5);
  const before = tried(there);
  await there.run(60);
  assert.equal(tried(there), before + 1);
});

test("a former way that ended before the welcome is not gone back to", async () => {
  const there = world({ upgrades: false });
  const { chat, network } = await arrive(there, { seconds: 1 });
  const { WebSocket } = there;
  there.upgrades = true;
  network.wake();
  await Promise.resolve();
  const lines = [...there.lines];
  lines.find((line) => line instanceof WebSocket).frozen = true;
  await there.run(1);
  lines.find((line) => !(line instanceof WebSocket)).cut();
  there.says("heard");
  await there.run(11);
  assert.equal(chat.state.name, "open");
  assert.deepEqual(shown(chat), ["heard"]);
});

test("a welcome before the change does not end the former way early", async () => {
  const there = world({ upgrades: false });
  there.refuse("join", "name_taken", { suggestion: "Ana 2" });
  const { chat, network } = await arrive(there, { seconds: 1 });
  chat.rename("Ana 2");
  await there.run(1);
  await goOver(there, network);
});
