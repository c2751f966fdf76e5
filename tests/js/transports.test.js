import assert from "node:assert/strict";
import { test } from "node:test";

import { inLobby, shown } from "./support/arrivals.js";
import { BEN, MEMBER } from "./support/server.js";
import { World } from "./support/world.js";

for (const way of ["websocket", "events", "poll"]) {
  const each = (name, run) => test(`${way}: ${name}`, run);

  each("one comes in, and says by which way", async () => {
    const world = new World();
    world.says("before");
    const { chat, events } = await inLobby(way, world);
    assert.equal(chat.state.name, "open");
    assert.equal(chat.state.transport, way);
    assert.equal(chat.user.name, "Ana");
    assert.deepEqual(events.last("welcome").limits.body, 4000);
    assert.equal(chat.snapshot("lobby").state, "in");
    assert.deepEqual(shown(chat), ["before"]);
  });

  each("what is said is stored once and in order, and comes back as one's own", async () => {
    const { world, chat } = await inLobby(way);
    const receipts = ["one", "two", "three"].map((body) => chat.send("lobby", body));
    await world.run(2);
    assert.deepEqual(world.bodies(), ["one", "two", "three"]);
    assert.deepEqual((await Promise.all(receipts)).map(({ seq }) => seq), [1, 2, 3]);
    assert.deepEqual(shown(chat), ["one", "two", "three"]);
    assert.deepEqual(chat.snapshot("lobby").outbox, []);
  });

  each("a message whose answer was lost is not said twice", async () => {
    const { world, chat } = await inLobby(way);
    world.losesAnswers = true;
    const receipt = chat.send("lobby", "hello");
    await world.run();
    world.losesAnswers = false;
    await world.run(5);
    assert.deepEqual(world.bodies(), ["hello"]);
    assert.equal((await receipt).seq, 1);
    assert.deepEqual(shown(chat), ["hello"]);
  });

  each("what others say and change is heard once", async () => {
    const { world, chat, events } = await inLobby(way);
    world.says("one");
    world.says("two");
    world.edits(1, "ONE");
    await world.run(1);
    world.says("three");
    await world.run(1);
    assert.deepEqual(shown(chat), ["ONE", "two", "three"]);
    const heard = events.of("message").map(({ message }) => message.version);
    assert.equal(new Set(heard).size, heard.length);
    assert.equal(events.of("reset").length, 1);
  });

  each("who comes back resumes, and misses nothing", async () => {
    const { world, chat, events } = await inLobby(way);
    world.says("one");
    await world.run(1);
    world.cut();
    world.says("two");
    world.edits(1, "ONE");
    await world.run(5);
    assert.equal(chat.state.name, "open");
    assert.equal(chat.state.transport, way);
    assert.deepEqual(shown(chat), ["ONE", "two"]);
    assert.equal(events.of("reset").length, 1);
  });

  each("a line that is cut before the server is back waits longer and longer", async () => {
    const { world, chat } = await inLobby(way);
    world.up = false;
    world.cut();
    await world.run(60);
    assert.ok(world.asked.length < 40, `${world.asked}`);
    world.up = true;
    world.says("later");
    await world.run(31);
    assert.deepEqual(shown(chat), ["later"]);
  });

  each("a hint that was lost is made up for", async () => {
    const { world, chat } = await inLobby(way);
    world.says("untold", { told: false });
    world.says("told");
    await world.run(1);
    assert.deepEqual(shown(chat), ["untold", "told"]);
  });

  each("a line that is dead and does not say so is found, and another opened", async () => {
    const { world, chat } = await inLobby(way);
    world.freeze();
    world.says("unheard");
    await world.run(70);
    assert.deepEqual(shown(chat), ["unheard"]);
  });

  each("one line of several that is dead is found too", async () => {
    const { world, chat } = await inLobby(way);
    world.room("chess");
    chat.join("chess");
    await world.run(1);
    world.freeze("chess");
    world.says("unheard", { slug: "chess" });
    for (let number = 0; number < 9; number += 1) {
      world.says(`${number}`);
      await world.run(10);
    }
    assert.deepEqual(chat.snapshot("chess").messages.map(({ body }) => body), ["unheard"]);
    assert.equal(shown(chat).length, 9);
  });

  each("a dead line is found at once when the network is in doubt", async () => {
    const { world, chat, network } = await inLobby(way);
    await world.run(2);
    world.freeze();
    world.says("unheard");
    await world.run(31);
    network.doubt();
    await world.run(6);
    assert.deepEqual(shown(chat), ["unheard"]);
  });

  each("a line on which nothing is said is no dead line, and is not asked about", async () => {
    const { world, events } = await inLobby(way);
    events.forget();
    world.asked.length = 0;
    await world.run(200);
    assert.deepEqual(events.of("state"), []);
    const asked = world.asked.filter((each) => each !== "WebSocket");
    assert.deepEqual(asked, way === "poll" ? Array(8).fill("GET rooms/lobby/events") : []);
  });

  each("who comes and goes is told", async () => {
    const { world, chat, events } = await inLobby(way);
    world.arrives(BEN);
    await world.run(1);
    assert.deepEqual(events.last("presence").arrived, [BEN]);
    world.arrives(MEMBER);
    world.leaves(BEN);
    await world.run(1);
    assert.deepEqual(events.of("presence").flatMap(({ left }) => left), [BEN]);
    const { members, count } = chat.snapshot("lobby");
    assert.deepEqual(members.map(({ name }) => name), ["Ana", "Mia"]);
    assert.equal(count, 2);
  });

  each("older messages are loaded", async () => {
    const world = new World();
    for (let number = 1; number <= 60; number += 1) world.says(`m${number}`);
    const { chat } = await inLobby(way, world);
    assert.equal(shown(chat).length, 50);
    const loading = chat.history("lobby");
    await world.run();
    assert.equal((await loading).messages.length, 10);
    assert.equal(shown(chat)[0], "m1");
  });
}
