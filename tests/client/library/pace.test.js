import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, makeWorld } from "../support/entering.js";
import { settled } from "../support/world.js";

/** Returns a client in so many rooms over plain HTTP, each response `roundTrip` seconds away. */
async function inRooms(count, { roundTrip = 0, buffers = false } = {}) {
  const world = makeWorld({ upgrades: false, buffers });
  const { fetch, clock } = world;
  const polls = [];
  let delay = 0;
  world.fetch = async (url, what) => {
    const [, slug] = /rooms\/([^/]*)\/events/.exec(url) ?? [];
    if (slug && what.headers.Accept === "application/json") polls.push([slug, clock.now()]);
    if (delay > 0) await new Promise((resolve) => clock.setTimeout(resolve, delay));
    return fetch(url, what);
  };
  const { chat, events } = await enterLobby(world, { seconds: buffers ? 6 : 1 });
  const slugs = Array.from({ length: count - 1 }, (_, index) => `room-${index}`);
  for (const slug of slugs) {
    chat.join(slug);
    await world.run(0.5);
  }
  delay = roundTrip * 1000;
  await runFinely(world, 8);
  polls.length = 0;
  events.forget();
  return { world, chat, events, polls, slugs: ["lobby", ...slugs] };
}

/** Advances in steps that are shorter than any wait. */
async function runFinely({ clock }, seconds) {
  for (let step = 0; step < seconds * 100; step += 1) {
    clock.tick(0.01);
    await settled();
  }
}

/** Returns the longest time from one poll of a room to its next, in seconds. */
function longestWait(polls) {
  const last = new Map();
  let longest = 0;
  for (const [slug, at] of polls) {
    longest = Math.max(longest, at - (last.get(slug) ?? at));
    last.set(slug, at);
  }
  return longest / 1000;
}

for (const roundTrip of [0, 0.3, 0.9]) {
  test(`sixteen rooms in turn are polled every 4 s, ${roundTrip} s away`, async () => {
    const { world, polls, events } = await inRooms(20, { roundTrip });
    await runFinely(world, 30);
    assert.equal(new Set(polls.map(([slug]) => slug)).size, 16);
    assert.ok(longestWait(polls) <= 4.1, `${longestWait(polls)}`);
    assert.ok(polls.length <= 4.1 * 30, `${polls.length}`);
    assert.deepEqual(events.of("state"), []);
  });
}

test("a hidden tab, with timers once a second, polls in time", async () => {
  const { world, polls } = await inRooms(20);
  for (let second = 0; second < 30; second += 1) {
    world.clock.skip(1);
    await world.run();
  }
  assert.ok(longestWait(polls) <= 5, `${longestWait(polls)}`);
});

test("more rooms than a round can poll all receive their messages", async () => {
  const { world, chat, slugs } = await inRooms(30);
  for (const slug of slugs) world.post("hello", { slug });
  await world.run(8);
  for (const slug of slugs) {
    assert.equal(chat.snapshot(slug).state, "in", slug);
    assert.equal(chat.snapshot(slug).messages.length, 1, slug);
  }
});

for (const [rooms, most] of [[1, 4], [3, 4], [4, 4], [12, 4], [20, 6]]) {
  test(`${rooms} busy rooms are polled at most ${most} times a second`, async () => {
    const { world, polls, slugs } = await inRooms(rooms, { buffers: true });
    for (let step = 0; step < 80; step += 1) {
      for (const slug of slugs) world.post(`${step}`, { slug });
      await runFinely(world, 0.25);
    }
    assert.ok(polls.length <= (most + 0.5) * 20, `${polls.length / 20}`);
    assert.ok(longestWait(polls) < 5, `${longestWait(polls)}`);
  });
}

test("a rate limit halves the polls for a minute", async () => {
  const { world, polls } = await inRooms(1, { buffers: true });
  const busy = async (seconds) => {
    polls.length = 0;
    for (let step = 0; step < seconds * 4; step += 1) {
      world.post(`${polls.length} of ${world.clock.now()}`);
      await runFinely(world, 0.25);
    }
    return polls.length / seconds;
  };
  world.refuse("join", "rate_limited", { retry_after: 1 });
  await busy(3);
  const slower = await busy(10);
  assert.ok(slower > 1.5 && slower <= 2.1, `${slower}`);
  await world.run(60);
  const again = await busy(10);
  assert.ok(again > 3 && again <= 4.1, `${again}`);
});
