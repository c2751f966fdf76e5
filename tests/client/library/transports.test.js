import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobbyBy, shown } from "../support/entering.js";
import { BEN, MEMBER } from "../support/server.js";
import { World } from "../support/world.js";

for (const kind of ["websocket", "events", "poll"]) {
  const each = (name, run) => test(`${kind}: ${name}`, run);

  each("the client joins, and names its transport", async () => {
    const world = new World();
    world.post("before");
    const { chat, events } = await enterLobbyBy(kind, world);
    assert.equal(chat.state.name, "open");
    assert.equal(chat.state.transport, kind);
    assert.equal(chat.user.name, "Ana");
    assert.deepEqual(events.last("welcome").limits.body, 4000);
    assert.equal(chat.snapshot("lobby").state, "in");
    assert.deepEqual(shown(chat), ["before"]);
  });

  each("messages are stored once and in order, and are one's own", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    const receipts = ["one", "two", "three"].map((body) => chat.send("lobby", body));
    await world.run(2);
    assert.deepEqual(world.bodies(), ["one", "two", "three"]);
    assert.deepEqual((await Promise.all(receipts)).map(({ seq }) => seq), [1, 2, 3]);
    assert.deepEqual(shown(chat), ["one", "two", "three"]);
    assert.deepEqual(chat.snapshot("lobby").outbox, []);
  });

  each("a message whose ack was lost is stored once", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.losesResponses = true;
    const receipt = chat.send("lobby", "hello");
    await world.run();
    world.losesResponses = false;
    await world.run(5);
    assert.deepEqual(world.bodies(), ["hello"]);
    assert.equal((await receipt).seq, 1);
    assert.deepEqual(shown(chat), ["hello"]);
  });

  each("messages and changes of others are received once", async () => {
    const { world, chat, events } = await enterLobbyBy(kind);
    world.post("one");
    world.post("two");
    world.edit(1, "ONE");
    await world.run(1);
    world.post("three");
    await world.run(1);
    assert.deepEqual(shown(chat), ["ONE", "two", "three"]);
    const received = events.of("message").map(({ message }) => message.version);
    assert.equal(new Set(received).size, received.length);
    assert.equal(events.of("reset").length, 1);
  });

  each("a reconnect resumes and misses nothing", async () => {
    const { world, chat, events } = await enterLobbyBy(kind);
    world.post("one");
    await world.run(1);
    world.cut();
    world.post("two");
    world.edit(1, "ONE");
    await world.run(5);
    assert.equal(chat.state.name, "open");
    assert.equal(chat.state.transport, kind);
    assert.deepEqual(shown(chat), ["ONE", "two"]);
    assert.equal(events.of("reset").length, 1);
  });

  each("attempts get rarer while the server is down", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.up = false;
    world.cut();
    await world.run(60);
    const attempts = world.requests.filter((request) => request !== "GET origin");
    assert.ok(attempts.length < 40, `${attempts}`);
    world.up = true;
    world.post("later");
    await world.run(31);
    assert.deepEqual(shown(chat), ["later"]);
  });

  each("a lost event is made up for", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.post("lost", { isPublished: false });
    world.post("received");
    await world.run(1);
    assert.deepEqual(shown(chat), ["lost", "received"]);
  });

  each("a dead connection is detected and replaced", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.freeze();
    world.post("unseen");
    await world.run(70);
    assert.deepEqual(shown(chat), ["unseen"]);
  });

  each("one dead connection of several is detected", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.room("chess");
    chat.join("chess");
    await world.run(1);
    world.freeze("chess");
    world.post("unseen", { slug: "chess" });
    for (let number = 0; number < 9; number += 1) {
      world.post(`${number}`);
      await world.run(10);
    }
    assert.deepEqual(chat.snapshot("chess").messages.map(({ body }) => body), ["unseen"]);
    assert.equal(shown(chat).length, 9);
  });

  each("a dead connection is detected at once when the network is in doubt", async () => {
    const { world, chat, network } = await enterLobbyBy(kind);
    await world.run(2);
    world.freeze();
    world.post("unseen");
    await world.run(31);
    network.doubt();
    await world.run(6);
    assert.deepEqual(shown(chat), ["unseen"]);
  });

  each("a quiet connection is not considered dead", async () => {
    const { world, events } = await enterLobbyBy(kind);
    events.forget();
    world.requests.length = 0;
    await world.run(200);
    assert.deepEqual(events.of("state"), []);
    const asked = world.requests.filter((each) => each !== "WebSocket");
    assert.deepEqual(asked, kind === "poll" ? Array(8).fill("GET rooms/lobby/events") : []);
  });

  each("arrivals and departures are events", async () => {
    const { world, chat, events } = await enterLobbyBy(kind);
    world.addMember(BEN);
    await world.run(1);
    assert.deepEqual(events.last("presence").arrived, [BEN]);
    world.addMember(MEMBER);
    world.removeMember(BEN);
    await world.run(1);
    assert.deepEqual(events.of("presence").flatMap(({ left }) => left), [BEN]);
    const { members, count } = chat.snapshot("lobby");
    assert.deepEqual(members.map(({ name }) => name), ["Ana", "Mia"]);
    assert.equal(count, 2);
  });

  each("older messages are loaded", async () => {
    const world = new World();
    for (let number = 1; number <= 60; number += 1) world.post(`m${number}`);
    const { chat } = await enterLobbyBy(kind, world);
    assert.equal(shown(chat).length, 50);
    const loading = chat.history("lobby");
    await world.run();
    assert.equal((await loading).messages.length, 10);
    assert.equal(shown(chat)[0], "m1");
  });
}
