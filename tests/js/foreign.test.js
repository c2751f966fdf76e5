import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, inLobby, shown, world } from "./support/arrivals.js";

const OK = { status: 200, headers: { "Content-Type": "application/json" } };
// What a network says, in the server's place, to somebody who has to sign in to it first.
const FOREIGN = ["{}", "[]", "true", "7", '{"events": []}', '{"events": 7, "room": null}'];

for (const body of FOREIGN) {
  for (const way of ["events", "poll"]) {
    test(`${way}: an answer that is ${body} is nobody's, and one comes back`, async () => {
      const { world: there, chat } = await inLobby(way);
      there.proxyAnswers = () => new Response(body, OK);
      there.says("heard");
      there.cut();
      await there.run(10);
      assert.notEqual(chat.state.name, "open");
      there.proxyAnswers = null;
      await there.run(31);
      assert.equal(chat.state.name, "open");
      assert.deepEqual(shown(chat), ["heard"]);
    });
  }

  test(`a poll that is answered ${body} ends its connection, and not itself alone`, async () => {
    const { world: there, chat, events } = await inLobby("poll");
    events.forget();
    const taken = [...there.lines];
    for (const line of taken) line.resolve(new Response(body, OK));
    await there.run(1);
    assert.deepEqual(events.of("state").map(({ name }) => name), ["waiting", "connecting", "open"]);
    there.says("heard");
    await there.run(1);
    assert.deepEqual(shown(chat), ["heard"]);
  });
}

test("a room in turn that is answered in a foreign way is come back to as well", async () => {
  const there = world({ upgrades: false });
  const { fetch } = there;
  let foreign = false;
  there.fetch = (url, what) =>
    foreign && url.includes("/f/") ? new Response("{}", OK) : fetch(url, what);
  const { chat } = await arrive(there);
  for (const slug of ["a", "b", "c", "d", "e", "f"]) chat.join(slug);
  await there.run(2);
  foreign = true;
  await there.run(5);
  foreign = false;
  await there.run(5);
  there.says("heard", { slug: "f" });
  await there.run(5);
  assert.deepEqual(shown(chat, "f"), ["heard"]);
});

for (const text of ["data: <html>\n\n", "data: null\n\n", "data: {}\n\n", "data: [1]\n\n"]) {
  test(`a stream with ${JSON.stringify(text)} in it is another's, and one comes back`, async () => {
    const { world: there, chat, events } = await inLobby("events");
    events.forget();
    const [line] = there.lines;
    line.controller.enqueue(new TextEncoder().encode(text));
    await there.run(1);
    assert.deepEqual(events.of("state").map(({ name }) => name), ["waiting", "connecting", "open"]);
    there.says("heard");
    await there.run(1);
    assert.deepEqual(shown(chat), ["heard"]);
  });
}

test("a ping is answered by the server alone", async () => {
  const { world: there, events, network } = await inLobby("events");
  events.forget();
  there.proxyAnswers = () => new Response("{}", OK);
  network.doubt();
  await there.run(0.25);
  assert.equal(events.of("state")[0]?.name, "waiting");
});
