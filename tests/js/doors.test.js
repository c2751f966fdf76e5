import assert from "node:assert/strict";
import { test } from "node:test";

import { EventsTransport, PollTransport } from "../../static/chat/client/transports/http.js";
import { arrive, shown, world } from "./support/arrivals.js";

test("a token that is not known any more when one says something is the end", async () => {
  const there = world({ upgrades: false });
  const { chat } = await arrive(there, { seconds: 1 });
  there.refuse("send", "unauthorized");
  chat.send("lobby", "hello");
  await there.run(10);
  assert.equal(chat.state.code, 4401);
});

test("closing gives up what nobody has answered", async () => {
  const there = world({ upgrades: false });
  const signals = [];
  there.fetch = (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const { chat } = await arrive(there, { seconds: 1 });
  assert.equal(signals.length, 1);
  chat.close();
  assert.ok(signals.every(({ aborted }) => aborted));
});

for (const Transport of [EventsTransport, PollTransport]) {
  test(`each answer has the id of its command: ${Transport.name}`, async () => {
    const there = world();
    there.says("before");
    const { fetch, clock } = there;
    const transport = new Transport("ws://chat.test/ws/", { fetch, clock, csrfToken: () => "" });
    const heard = [];
    const received = (events) => heard.push(...events);
    transport.handlers = { opened() {}, heard() {}, unfit() {}, closed: assert.fail, received };
    const place = { room: "lobby", after: 0, epoch: "e1" };
    const answers = {
      hello: "welcome",
      join: "joined",
      send: "ack",
      sync: "synced",
      history: "history",
      ping: "pong",
      leave: "left",
    };
    for (const [type, answer] of Object.entries(answers)) {
      transport.send({ type, id: `id of ${type}`, ...place, body: "hi", before: 5, limit: 50 });
      await there.run(0.25);
      assert.equal(heard.find(({ id }) => id === `id of ${type}`)?.type, answer);
    }
    transport.close();
  });
}

test("who is in a room keeps their name there, as on a socket", async () => {
  const there = world({ upgrades: false });
  const { chat, events } = await arrive(there, { seconds: 1 });
  chat.rename("Anne");
  await there.run(1);
  assert.match(events.last("refused").error.message, /Leave your rooms/);
  there.says("heard");
  await there.run(1);
  assert.deepEqual(shown(chat), ["heard"]);
});

test("a room that is left while one comes in is left, and nothing else", async () => {
  for (const [gathers, crowd] of [[false, 0], [true, 0], [false, 4]]) {
    const there = world({ upgrades: false, gathers });
    const { chat, events } = await arrive(there, { seconds: 6 });
    for (let number = 0; number < crowd; number += 1) chat.join(`room-${number}`);
    await there.run(2);
    events.forget();
    for (let pause = 0; pause < 60; pause += 1) {
      chat.join("chess").catch(() => {});
      for (let turn = 0; turn < pause; turn += 1) await Promise.resolve();
      chat.leave("chess");
      await there.run(1);
      const ghosts = [...there.lines].filter(({ rooms }) => rooms.has("chess"));
      assert.deepEqual([pause, ghosts.length], [pause, 0]);
    }
    there.asked.length = 0;
    await there.run(30);
    assert.deepEqual(there.asked.filter((each) => each.includes("chess")), []);
    assert.deepEqual(events.of("state"), []);
  }
});

test("a stream that is only opening is not taken for a dead one", async () => {
  const there = world({ upgrades: false });
  const { fetch, clock } = there;
  there.fetch = async (url, what) => {
    if (url.includes("chess")) await new Promise((resolve) => clock.setTimeout(resolve, 2_000));
    return fetch(url, what);
  };
  const { chat, events, network } = await arrive(there, { seconds: 1 });
  events.forget();
  chat.join("chess");
  await there.run(1);
  network.doubt();
  await there.run(2);
  assert.deepEqual(events.of("state"), []);
  assert.equal(chat.snapshot("chess").state, "in");
});

test("a session's writes show the page's CSRF token, reads and a token's writes do not", async () => {
  const there = world({ upgrades: false });
  const sent = [];
  const { fetch } = there;
  there.fetch = (url, what) => {
    sent.push([what.method ?? "GET", what.headers["X-CSRFToken"], what.headers.Authorization]);
    return fetch(url, what);
  };
  const csrfToken = (url) => (url.origin === "http://chat.test" ? "secret" : "");
  const { chat } = await arrive(there, { csrfToken });
  chat.send("lobby", "hello");
  await there.run(1);
  assert.deepEqual(there.bodies(), ["hello"]);
  for (const [method, csrf, token] of sent) {
    assert.equal(csrf, method === "POST" && !token ? "secret" : undefined);
  }
  assert.ok(sent.some(([method, csrf]) => method === "POST" && csrf));
});

test("what has no door, typing and receipts, is no request", async () => {
  const there = world({ upgrades: false });
  const { chat } = await arrive(there, { seconds: 1 });
  there.asked.length = 0;
  for (let number = 0; number < 40; number += 1) there.says(`${number}`);
  chat.typing("lobby");
  await there.run(3);
  assert.equal(shown(chat).length, 40);
  assert.deepEqual(there.asked, []);
});

test("a known guest who comes back takes the name that they ask for now", async () => {
  const there = world({ upgrades: false });
  const { chat, storage } = await arrive(there);
  chat.close();
  await arrive(there, { storage, name: "Anne" });
  assert.ok(there.asked.includes("POST me"));
});
