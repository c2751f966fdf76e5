import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, enterLobbyBy, shown, makeWorld } from "../support/entering.js";

const OK = { status: 200, headers: { "Content-Type": "application/json" } };
// What a network responds, in the server's place, to somebody who has to sign in to it first.
const FOREIGN = ["{}", "[]", "true", "7", '{"events": []}', '{"events": 7, "room": null}'];

for (const body of FOREIGN) {
  for (const kind of ["events", "poll"]) {
    test(`${kind}: a foreign response ${body} causes a reconnect`, async () => {
      const { world, chat } = await enterLobbyBy(kind);
      world.proxyAnswers = () => new Response(body, OK);
      world.post("received");
      world.cut();
      await world.run(10);
      assert.notEqual(chat.state.name, "open");
      world.proxyAnswers = null;
      await world.run(31);
      assert.equal(chat.state.name, "open");
      assert.deepEqual(shown(chat), ["received"]);
    });
  }

  test(`a foreign poll response ${body} ends the connection`, async () => {
    const { world, chat, events } = await enterLobbyBy("poll");
    events.forget();
    const taken = [...world.connections];
    for (const connection of taken) connection.resolve(new Response(body, OK));
    await world.run(1);
    assert.deepEqual(events.of("state").map(({ name }) => name), ["waiting", "connecting", "open"]);
    world.post("received");
    await world.run(1);
    assert.deepEqual(shown(chat), ["received"]);
  });
}

test("a foreign response to a room polled in turn causes a reconnect", async () => {
  const world = makeWorld({ upgrades: false });
  const { fetch } = world;
  let foreign = false;
  world.fetch = (url, what) =>
    foreign && url.includes("/f/") ? new Response("{}", OK) : fetch(url, what);
  const { chat } = await enterLobby(world);
  for (const slug of ["a", "b", "c", "d", "e", "f"]) chat.join(slug);
  await world.run(2);
  foreign = true;
  await world.run(5);
  foreign = false;
  await world.run(5);
  world.post("received", { slug: "f" });
  await world.run(5);
  assert.deepEqual(shown(chat, "f"), ["received"]);
});

for (const text of ["data: <html>\n\n", "data: null\n\n", "data: {}\n\n", "data: [1]\n\n"]) {
  test(`a stream with ${JSON.stringify(text)} in it causes a reconnect`, async () => {
    const { world, chat, events } = await enterLobbyBy("events");
    events.forget();
    const [connection] = world.connections;
    connection.controller.enqueue(new TextEncoder().encode(text));
    await world.run(1);
    assert.deepEqual(events.of("state").map(({ name }) => name), ["waiting", "connecting", "open"]);
    world.post("received");
    await world.run(1);
    assert.deepEqual(shown(chat), ["received"]);
  });
}

test("a foreign response to a ping causes a reconnect", async () => {
  const { world, events, network } = await enterLobbyBy("events");
  events.forget();
  world.proxyAnswers = () => new Response("{}", OK);
  network.doubt();
  await world.run(0.25);
  assert.equal(events.of("state")[0]?.name, "waiting");
});
