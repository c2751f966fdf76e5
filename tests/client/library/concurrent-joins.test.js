import assert from "node:assert/strict";
import { test } from "node:test";

import { EventsTransport } from "../../../static/chat/client/link/transports/http.js";
import { makeWorld } from "../support/entering.js";

/** Returns a transport in no room yet, and the events that it receives. */
async function opened(world = makeWorld()) {
  const { fetch, clock } = world;
  const transport = new EventsTransport("ws://chat.test/ws/", { fetch, clock, csrfToken: () => "" });
  const received = [];
  const onEvents = (events) => received.push(...events);
  transport.handlers = { onOpen() {}, onTraffic() {}, onUnfit() {}, onClose: assert.fail, onEvents };
  return { world, transport, received };
}

test("concurrent joins of a room all get replies and one subscription", async () => {
  for (const place of [{}, { after: 0, epoch: "e1" }]) {
    const { world, transport, received } = await opened();
    world.room("lobby");
    for (const id of ["one", "two", "three"]) {
      transport.transmitCommand({ type: "join", id, room: "lobby", ...place });
    }
    await world.run(1);
    assert.deepEqual(received.map(({ type, id }) => [type, id]), [
      ["joined", "one"],
      ["joined", "two"],
      ["joined", "three"],
    ]);
    assert.equal(world.connections.size, 1);
    transport.close();
  }
});

test("a join after a leave wins over a join before it", async () => {
  for (let pause = 0; pause < 40; pause += 1) {
    const { world, transport, received } = await opened();
    const turns = async () => {
      for (let turn = 0; turn < pause; turn += 1) await Promise.resolve();
    };
    transport.transmitCommand({ type: "join", id: "one", room: "lobby" });
    await turns();
    transport.transmitCommand({ type: "leave", id: "two", room: "lobby" });
    await turns();
    transport.transmitCommand({ type: "join", id: "three", room: "lobby" });
    await world.run(1);
    assert.deepEqual([pause, received.at(-1).type, received.at(-1).id], [pause, "joined", "three"]);
    assert.equal(world.connections.size, 1);
    transport.close();
  }
});

test("an event before `joined` does not count as the reply", async () => {
  const world = makeWorld();
  const { fetch } = world;
  const site = { type: "site", site: { name: "Chat" }, limits: {} };
  world.fetch = async (url, what) => {
    const response = await fetch(url, what);
    if (what.headers.Accept !== "text/event-stream") return response;
    const { headers } = response;
    const before = new Blob([`data: ${JSON.stringify(site)}\n\n`]).stream();
    const body = new ReadableStream({
      async start(controller) {
        for (const part of [before, response.body]) {
          for await (const chunk of part) controller.enqueue(chunk);
        }
      },
    });
    return new Response(body, { headers });
  };
  const { transport, received } = await opened(world);
  transport.transmitCommand({ type: "join", id: "one", room: "lobby" });
  await world.run(1);
  assert.deepEqual(received.map(({ type, id }) => [type, id]), [["site", undefined], ["joined", "one"]]);
  transport.close();
});
