import assert from "node:assert/strict";
import { test } from "node:test";

import { EventsTransport } from "../../static/chat/client/transports/http.js";
import { world } from "./support/arrivals.js";

/** A transport in no room yet, and what it is told. */
async function opened(there = world()) {
  const { fetch, clock } = there;
  const transport = new EventsTransport("ws://chat.test/ws/", { fetch, clock, csrfToken: () => "" });
  const heard = [];
  const received = (events) => heard.push(...events);
  transport.handlers = { opened() {}, heard() {}, unfit() {}, closed: assert.fail, received };
  return { there, transport, heard };
}

test("two joins of one room at the same time are both answered, and one line is left", async () => {
  for (const place of [{}, { after: 0, epoch: "e1" }]) {
    const { there, transport, heard } = await opened();
    there.room("lobby");
    for (const id of ["one", "two", "three"]) {
      transport.send({ type: "join", id, room: "lobby", ...place });
    }
    await there.run(1);
    assert.deepEqual(heard.map(({ type, id }) => [type, id]), [
      ["joined", "one"],
      ["joined", "two"],
      ["joined", "three"],
    ]);
    assert.equal(there.lines.size, 1);
    transport.close();
  }
});

test("a room that is left and joined again while one comes in is come into", async () => {
  for (let pause = 0; pause < 40; pause += 1) {
    const { there, transport, heard } = await opened();
    const turns = async () => {
      for (let turn = 0; turn < pause; turn += 1) await Promise.resolve();
    };
    transport.send({ type: "join", id: "one", room: "lobby" });
    await turns();
    transport.send({ type: "leave", id: "two", room: "lobby" });
    await turns();
    transport.send({ type: "join", id: "three", room: "lobby" });
    await there.run(1);
    assert.deepEqual([pause, heard.at(-1).type, heard.at(-1).id], [pause, "joined", "three"]);
    assert.equal(there.lines.size, 1);
    transport.close();
  }
});

test("what is told to everybody before a room's answer is not taken for that", async () => {
  const there = world();
  const { fetch } = there;
  const site = { type: "site", site: { name: "Chat" }, limits: {} };
  there.fetch = async (url, what) => {
    const answer = await fetch(url, what);
    if (what.headers.Accept !== "text/event-stream") return answer;
    const { headers } = answer;
    const before = new Blob([`data: ${JSON.stringify(site)}\n\n`]).stream();
    const body = new ReadableStream({
      async start(controller) {
        for (const part of [before, answer.body]) {
          for await (const chunk of part) controller.enqueue(chunk);
        }
      },
    });
    return new Response(body, { headers });
  };
  const { transport, heard } = await opened(there);
  transport.send({ type: "join", id: "one", room: "lobby" });
  await there.run(1);
  assert.deepEqual(heard.map(({ type, id }) => [type, id]), [["site", undefined], ["joined", "one"]]);
  transport.close();
});
