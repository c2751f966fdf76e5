import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, shown, tried, world } from "./support/arrivals.js";

/** A network that cuts the lines of some ways, so many seconds after each was opened. */
function impatient(seconds, isCut = () => true, about = {}) {
  const there = world(about);
  const comes = there.comes.bind(there);
  Object.assign(there, { seconds, isCut });
  there.comes = (line) => {
    comes(line);
    const cut = () => there.lines.has(line) && there.isCut(line) && line.cut();
    there.clock.setTimeout(cut, there.seconds * 1000);
  };
  return there;
}

const isSocket = (line) => typeof line.close === "function";
const isPoll = (line) => line.resolve !== undefined;

/** Goes on for so many seconds, in which Ben says something each second. */
async function listen(there, seconds) {
  for (let second = 0; second < seconds; second += 1) {
    there.says(`ben ${there.room().log.length}`);
    await there.run(1);
  }
}

function heardOnce(there, chat, events) {
  const seqs = events.of("message").map(({ message }) => message.seq);
  assert.equal(new Set(seqs).size, seqs.length);
  assert.deepEqual(shown(chat), there.bodies());
}

const names = (events) => events.of("state").map(({ name }) => name);

for (const seconds of [0.5, 3, 8, 20]) {
  test(`where sockets are cut after ${seconds} s each time, one goes on over HTTP`, async () => {
    const there = impatient(seconds, isSocket);
    const { chat, events } = await arrive(there);
    await listen(there, 4 * seconds + 5);
    assert.equal(chat.state.transport, "events");
    assert.equal(tried(there), 3);
    events.forget();
    await listen(there, 60);
    assert.deepEqual(names(events), []);
    await there.run(2);
    assert.deepEqual(shown(chat), there.bodies());
  });
}

test("where every line is cut soon, one asks for answers that come sooner", async () => {
  for (const seconds of [3, 12]) {
    const there = impatient(seconds);
    const { chat, events } = await arrive(there);
    await listen(there, 8 * seconds + 10);
    assert.equal(chat.state.transport, "poll");
    await there.run(seconds * 2);
    heardOnce(there, chat, events);
    events.forget();
    there.presence.length = 0;
    await there.run(50);
    there.says("after a long silence");
    await there.run(1);
    assert.deepEqual(names(events), []);
    assert.equal(events.last("message").message.body, "after a long silence");
  }
});

test("polls of a server that is down, or does not answer in all their time, are a line that is lost", async () => {
  for (const [seconds, spoil] of [
    [1, (there) => Object.assign(there, { up: false }).cut()],
    [40, (there) => there.freeze()],
  ]) {
    const there = impatient(1, () => false, { upgrades: false, gathers: true });
    const { events } = await arrive(there, { seconds: 8 });
    await there.run(5);
    assert.equal([...there.lines].filter(isPoll).length, 1);
    there.says("something");
    await there.run(0.25);
    spoil(there);
    await there.run(seconds);
    assert.ok(names(events).includes("waiting"));
  }
});

test("a poll that is cut at once is asked again, as a line kept from before may be", async () => {
  const there = impatient(1, () => false, { upgrades: false, gathers: true });
  const { events } = await arrive(there, { seconds: 8 });
  events.forget();
  for (let time = 0; time < 10; time += 1) {
    there.says(`ben ${time}`);
    await there.run(1);
    there.cut();
    await there.run(1);
  }
  assert.deepEqual(names(events), []);
  assert.equal(events.of("message").length, 10);
});

test("who is cut again and again waits less than others take to see one leave", async () => {
  const there = impatient(3);
  const { events } = await arrive(there);
  const lost = [];
  for (let time = 0; time < 60; time += 0.25) {
    lost.push(events.last("state").name === "waiting");
    await there.run(0.25);
  }
  const longest = Math.max(...lost.join().split("false").map((run) => run.split("true").length - 1));
  assert.ok(lost.includes(true));
  assert.ok(longest <= 4, `${longest / 4} s`);
});

test("a socket that lasts half a minute, or is ended with a goodbye, is no reason to go", async () => {
  for (const [seconds, code] of [[31, 1006], [3, 1012]]) {
    const there = impatient(seconds, isSocket);
    there.isCut = (line) => void (isSocket(line) && line.cut(code));
    await arrive(there);
    for (let time = 0; time < 6; time += 1) await there.run(seconds + 1);
    assert.ok(tried(there) >= 5);
    assert.ok(there.asked.every((each) => each === "WebSocket"));
  }
});

test("a socket is tried again, the more seldom the oftener it is cut, until it lasts", async () => {
  const there = impatient(3, isSocket);
  const { chat } = await arrive(there, { seconds: 30 });
  assert.equal(chat.state.transport, "events");
  const times = [];
  for (let second = 30, before = tried(there); second < 800; second += 1) {
    await there.run(1);
    if (tried(there) > before) times.push(second);
    before = tried(there);
  }
  assert.equal(times.length, 2, `${times}`);
  assert.ok(times[1] - times[0] > 200, `${times}`);
  there.isCut = () => false;
  await there.run(700);
  assert.equal(chat.state.transport, "websocket");
});
