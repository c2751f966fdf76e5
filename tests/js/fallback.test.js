import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../static/chat/client.js";
import { EventsTransport, PollTransport } from "../../static/chat/client/transports/http.js";
import { PolledRoom } from "../../static/chat/client/transports/polled.js";
import { EventParser } from "../../static/chat/client/transports/sse.js";
import { ANA, BEN, message, recorder, room, storages } from "./support/server.js";
import { World } from "./support/world.js";

/** A client in the lobby of a world that is as it was made. */
async function arrive(world, { storage = storages(), seconds = 0, ...options } = {}) {
  world.room("lobby");
  const network = {};
  const signals = (handlers) => {
    Object.assign(network, handlers);
    return () => {};
  };
  const { WebSocket, fetch, clock } = world;
  const parts = { WebSocket, fetch, clock, storage, signals, random: () => 0.5, ...options };
  const chat = connect("ws://chat.test/ws/", { name: "Ana", room: "lobby", ...parts });
  const events = recorder(chat);
  await world.run(seconds);
  return { chat, events, network, storage };
}

function world(about = {}) {
  return Object.assign(new World(), about);
}

const tried = ({ asked }) => asked.filter((each) => each === "WebSocket").length;
const shown = (chat) => chat.snapshot("lobby").messages.map(({ body }) => body);

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

test("where neither has ever worked, the reason may be asked for, and is not taken for a way", async () => {
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

test("the former way stays open until a little after the welcome", async () => {
  const there = world({ upgrades: false });
  const { network } = await arrive(there, { seconds: 1 });
  there.upgrades = true;
  network.wake();
  await there.run(2.5);
  assert.equal(there.lines.size, 2);
  await there.run(1);
  assert.equal(there.lines.size, 1);
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

test("what happened between two polls is told as what happened", () => {
  const polled = new PolledRoom("lobby");
  const answer = (about) => ({
    ...{ events: [], version: 0, epoch: "e1", reset: false, room: room(), more: false },
    ...{ members: [ANA], count: 1, ...about },
  });
  polled.joined(answer({ reset: true }));
  assert.deepEqual(polled.told(answer()), []);
  const told = polled.told(answer({ members: [ANA, BEN], count: 2, room: room({ topic: "Boats" }) }));
  assert.deepEqual(told.map(({ type }) => type), ["room", "presence"]);
  assert.deepEqual(told[1].joined, [BEN]);
  const [left] = polled.told(answer({ room: room({ topic: "Boats" }) }));
  assert.deepEqual([left.left, left.joined, left.count], [[BEN], [], 1]);
});

test("a list of a hundred of more people says nothing of who came", () => {
  const polled = new PolledRoom("lobby");
  const crowd = (from, count) => ({
    ...{ events: [], version: 0, epoch: "e1", reset: false, room: room(), more: false, count },
    members: Array.from({ length: 100 }, (_, each) => ({ id: `p${from + each}`, name: "X" })),
  });
  polled.joined(crowd(0, 120));
  const told = polled.told(crowd(50, 121));
  assert.deepEqual(told, [{ type: "presence", room: "lobby", joined: [], left: [], count: 121 }]);
});

test("messages between other events are told in order, and drop what was held once", () => {
  const polled = new PolledRoom("lobby");
  const about = { epoch: "e1", room: room(), more: false, members: [], count: 0 };
  polled.joined({ ...about, events: [], version: 0, reset: true });
  const said = (seq) => ({ type: "message", room: "lobby", version: seq, message: message(seq) });
  const typing = { type: "typing", room: "lobby", users: [BEN] };
  const events = [said(7), said(9), typing, said(10)];
  const told = polled.told({ ...about, events, version: 11, reset: true });
  assert.deepEqual(
    told.map(({ type, version, reset, messages }) => [type, version, reset, messages?.length]),
    [
      ["synced", 9, true, 2],
      ["typing", undefined, undefined, undefined],
      ["synced", 11, false, 1],
    ],
  );
});

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

test("a busy room is polled often, but not without a pause", async () => {
  const there = world({ upgrades: false, gathers: true });
  const { chat } = await arrive(there, { seconds: 6 });
  there.asked.length = 0;
  for (let number = 0; number < 40; number += 1) {
    there.says(`${number}`);
    await there.run(number % 4 === 0 ? 0.25 : 0);
  }
  await there.run(1);
  assert.equal(shown(chat).length, 40);
  assert.ok(there.asked.length <= 13, `${there.asked.length}`);
});

test("a twenty-first room is refused in words", async () => {
  const there = world({ upgrades: false });
  const { chat } = await arrive(there);
  for (let number = 1; number < 21; number += 1) {
    chat.join(`room-${number}`);
    await there.run(1);
  }
  const { message } = await chat.join("room-20").catch((error) => error);
  assert.match(message, /20 rooms: leave one first\.$/);
  chat.leave("room-3");
  await there.run(1);
  chat.leave("room-20");
  chat.join("room-21");
  await there.run(1);
  assert.equal(chat.snapshot("room-21").state, "in");
});

test("a stream is understood wherever it is cut", () => {
  const text = 'retry: 500\n\n:\n\nevent: a\nid: e:1\ndata: {"a": "é\\n"}\n\ndata: {"b":\r\ndata: 2}\r\n\r\n';
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) {
      events.push(...parser.push(text.slice(at, at + size)));
    }
    assert.deepEqual(events, [{ a: "é\n" }, { b: 2 }]);
  }
});
