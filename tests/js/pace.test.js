import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, world } from "./support/arrivals.js";
import { settled } from "./support/world.js";

/** A client in so many rooms over plain HTTP, each answer `roundTrip` seconds away. */
async function inRooms(count, { roundTrip = 0, gathers = false } = {}) {
  const there = world({ upgrades: false, gathers });
  const { fetch, clock } = there;
  const questions = [];
  let delay = 0;
  there.fetch = async (url, what) => {
    const [, slug] = /rooms\/([^/]*)\/events/.exec(url) ?? [];
    if (slug && what.headers.Accept === "application/json") questions.push([slug, clock.now()]);
    if (delay > 0) await new Promise((resolve) => clock.setTimeout(resolve, delay));
    return fetch(url, what);
  };
  const { chat, events } = await arrive(there, { seconds: gathers ? 6 : 1 });
  const slugs = Array.from({ length: count - 1 }, (_, index) => `room-${index}`);
  for (const slug of slugs) {
    chat.join(slug);
    await there.run(0.5);
  }
  delay = roundTrip * 1000;
  await runFinely(there, 8);
  questions.length = 0;
  events.forget();
  return { there, chat, events, questions, slugs: ["lobby", ...slugs] };
}

/** Goes on in steps that are shorter than any wait. */
async function runFinely({ clock }, seconds) {
  for (let step = 0; step < seconds * 100; step += 1) {
    clock.tick(0.01);
    await settled();
  }
}

/** The longest time from one question for the same room to the next, in seconds. */
function longestWait(questions) {
  const last = new Map();
  let longest = 0;
  for (const [slug, at] of questions) {
    longest = Math.max(longest, at - (last.get(slug) ?? at));
    last.set(slug, at);
  }
  return longest / 1000;
}

for (const roundTrip of [0, 0.3, 0.9]) {
  test(`of sixteen rooms in turn each is asked every four seconds, ${roundTrip} s away`, async () => {
    const { there, questions, events } = await inRooms(20, { roundTrip });
    await runFinely(there, 30);
    assert.equal(new Set(questions.map(([slug]) => slug)).size, 16);
    assert.ok(longestWait(questions) <= 4.1, `${longestWait(questions)}`);
    assert.ok(questions.length <= 4.1 * 30, `${questions.length}`);
    assert.deepEqual(events.of("state"), []);
  });
}

test("a hidden tab, whose timers ring once a second, asks in time too", async () => {
  const { there, questions } = await inRooms(20);
  for (let second = 0; second < 30; second += 1) {
    there.clock.skip(1);
    await there.run();
  }
  assert.ok(longestWait(questions) <= 5, `${longestWait(questions)}`);
});

test("in more rooms than are asked in four seconds one is in all of them, and hears all", async () => {
  const { there, chat, slugs } = await inRooms(30);
  for (const slug of slugs) there.says("hello", { slug });
  await there.run(8);
  for (const slug of slugs) {
    assert.equal(chat.snapshot(slug).state, "in", slug);
    assert.equal(chat.snapshot(slug).messages.length, 1, slug);
  }
});

for (const [rooms, most] of [[1, 4], [3, 4], [4, 4], [12, 4], [20, 6]]) {
  test(`who polls busy rooms, ${rooms} of them, asks ${most} times a second at most`, async () => {
    const { there, questions, slugs } = await inRooms(rooms, { gathers: true });
    for (let step = 0; step < 80; step += 1) {
      for (const slug of slugs) there.says(`${step}`, { slug });
      await runFinely(there, 0.25);
    }
    assert.ok(questions.length <= (most + 0.5) * 20, `${questions.length / 20}`);
    assert.ok(longestWait(questions) < 5, `${longestWait(questions)}`);
  });
}

test("who is told to be slower polls half as often, for a minute", async () => {
  const { there, questions } = await inRooms(1, { gathers: true });
  const busy = async (seconds) => {
    questions.length = 0;
    for (let step = 0; step < seconds * 4; step += 1) {
      there.says(`${questions.length} of ${there.clock.now()}`);
      await runFinely(there, 0.25);
    }
    return questions.length / seconds;
  };
  there.refuse("join", "rate_limited", { retry_after: 1 });
  await busy(3);
  const slower = await busy(10);
  assert.ok(slower > 1.5 && slower <= 2.1, `${slower}`);
  await there.run(60);
  const again = await busy(10);
  assert.ok(again > 3 && again <= 4.1, `${again}`);
});
