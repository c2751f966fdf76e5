import assert from "node:assert/strict";
import { test } from "node:test";

import { EventsTransport, PollTransport } from "../../../static/chat/client/link/transports/http.js";
import { FakeClock } from "../support/clock.js";
import { enterLobby, shown, makeWorld } from "../support/entering.js";

test("a send with a revoked token stops the client", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat } = await enterLobby(world, { seconds: 1 });
  world.refuse("send", "unauthorized");
  chat.send("lobby", "hello");
  await world.run(10);
  assert.equal(chat.state.code, 4401);
});

test("closing aborts requests without a response", async () => {
  const world = makeWorld({ upgrades: false });
  const signals = [];
  world.fetch = (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const { chat } = await enterLobby(world, { seconds: 1 });
  assert.equal(signals.length, 1);
  chat.close();
  assert.ok(signals.every(({ aborted }) => aborted));
});

for (const Transport of [EventsTransport, PollTransport]) {
  test(`each reply has the id of its command: ${Transport.name}`, async () => {
    const world = makeWorld();
    world.post("before");
    const { fetch, clock } = world;
    const transport = new Transport("ws://chat.test/ws/", { fetch, clock, csrfToken: () => "" });
    const received = [];
    const onEvents = (events) => received.push(...events);
    transport.handlers = { onOpen() {}, onTraffic() {}, onUnfit() {}, onClose: assert.fail, onEvents };
    const place = { room: "lobby", after: 0, epoch: "e1" };
    const replies = {
      hello: "welcome",
      join: "joined",
      send: "ack",
      edit: "ack",
      delete: "ack",
      sync: "synced",
      history: "history",
      get: "messages",
      ping: "pong",
      leave: "left",
    };
    for (const [type, reply] of Object.entries(replies)) {
      transport.transmitCommand({ type, id: `id of ${type}`, ...place, seq: 1, body: "hi", before: 5, limit: 50, seqs: [1] });
      await world.run(0.25);
      assert.equal(received.find(({ id }) => id === `id of ${type}`)?.type, reply);
    }
    transport.close();
  });
}

test("a rename in a room leaves it and joins it again, also over HTTP", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, events } = await enterLobby(world, { seconds: 1 });
  chat.rename("Anne");
  assert.equal(chat.snapshot("lobby").state, "out");
  await world.run(1);
  assert.deepEqual(events.of("refused"), []);
  assert.equal(events.of("joined").length, 2);
  world.post("received");
  await world.run(1);
  assert.deepEqual(shown(chat), ["received"]);
});

test("another name is asked for again while the server thinks one is still in a room", async () => {
  for (const [heardAt, name, asked] of [[0, "Anne", 1], [1, "Anne", 2], [2, "Anne", 3], [9, "Ana", 3]]) {
    const clock = new FakeClock();
    let requests = 0;
    const fetch = async () => {
      const user = { id: "p", kind: "guest", name: requests >= heardAt ? "Anne" : "Ana" };
      requests += 1;
      return new Response(JSON.stringify({ user, limits: {}, site: {}, heartbeat: 20 }));
    };
    const transport = new PollTransport("ws://chat.test/ws/", { fetch, clock, csrfToken: () => "" });
    const welcome = new Promise((resolve) => {
      const onEvents = ([event]) => resolve(event);
      transport.handlers = { onOpen() {}, onTraffic() {}, onUnfit() {}, onClose: assert.fail, onEvents };
    });
    transport.transmitCommand({ type: "hello", id: "h", token: "t", name: "Anne" });
    for (let turn = 0; turn < 8; turn += 1) {
      clock.tick(0.1);
      await new Promise(setImmediate);
    }
    assert.deepEqual([(await welcome).user.name, requests], [name, asked]);
    transport.close();
  }
});

test("a rename while a room is joined under a typed name is not refused", async () => {
  for (let turns = 0; turns < 200; turns += 1) {
    const world = makeWorld({ upgrades: false });
    const { chat, events } = await enterLobby(world, { seconds: 1 });
    chat.join("Tea");
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    chat.rename("Anne");
    await world.run(3);
    assert.deepEqual(events.of("refused"), [], `after ${turns} turns`);
    assert.deepEqual([chat.snapshot("Tea").state, chat.slug("Tea")], ["in", "tea"]);
    chat.close();
  }
});

test("leaving a room while joining it leaves that room alone", async () => {
  for (const [buffers, crowd] of [[false, 0], [true, 0], [false, 4]]) {
    const world = makeWorld({ upgrades: false, buffers });
    const { chat, events } = await enterLobby(world, { seconds: 6 });
    for (let number = 0; number < crowd; number += 1) chat.join(`room-${number}`);
    await world.run(2);
    events.forget();
    for (let pause = 0; pause < 60; pause += 1) {
      chat.join("chess").catch(() => {});
      for (let turn = 0; turn < pause; turn += 1) await Promise.resolve();
      chat.leave("chess");
      await world.run(1);
      const ghosts = [...world.connections].filter(({ rooms }) => rooms.has("chess"));
      assert.deepEqual([pause, ghosts.length], [pause, 0]);
    }
    world.requests.length = 0;
    await world.run(30);
    assert.deepEqual(world.requests.filter((each) => each.includes("chess")), []);
    assert.deepEqual(events.of("state"), []);
  }
});

test("a stream that is still opening is not considered dead", async () => {
  const world = makeWorld({ upgrades: false });
  const { fetch, clock } = world;
  world.fetch = async (url, what) => {
    if (url.includes("chess")) await new Promise((resolve) => clock.setTimeout(resolve, 2_000));
    return fetch(url, what);
  };
  const { chat, events, network } = await enterLobby(world, { seconds: 1 });
  events.forget();
  chat.join("chess");
  await world.run(1);
  network.doubt();
  await world.run(2);
  assert.deepEqual(events.of("state"), []);
  assert.equal(chat.snapshot("chess").state, "in");
});

test("only writes by session have the CSRF token", async () => {
  const world = makeWorld({ upgrades: false });
  const sent = [];
  const { fetch } = world;
  world.fetch = (url, what) => {
    sent.push([what.method ?? "GET", what.headers["X-CSRFToken"], what.headers.Authorization]);
    return fetch(url, what);
  };
  const csrfToken = (url) => (url.origin === "http://chat.test" ? "secret" : "");
  const { chat } = await enterLobby(world, { csrfToken });
  chat.send("lobby", "hello");
  await world.run(1);
  assert.deepEqual(world.bodies(), ["hello"]);
  for (const [method, csrf, token] of sent) {
    assert.equal(csrf, method === "POST" && !token ? "secret" : undefined);
  }
  assert.ok(sent.some(([method, csrf]) => method === "POST" && csrf));
});

test("typing and receipts make no requests", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat } = await enterLobby(world, { seconds: 1 });
  world.requests.length = 0;
  for (let number = 0; number < 40; number += 1) world.post(`${number}`);
  chat.typing("lobby");
  await world.run(3);
  assert.equal(shown(chat).length, 40);
  assert.deepEqual(world.requests, []);
});

test("a returning guest gets the name asked for now", async () => {
  const world = makeWorld({ upgrades: false });
  const { chat, storage } = await enterLobby(world);
  chat.close();
  await enterLobby(world, { storage, name: "Anne" });
  assert.ok(world.requests.includes("POST me"));
});
