import assert from "node:assert/strict";
import { test } from "node:test";

import { inLobby, shown } from "./support/arrivals.js";
import { World } from "./support/world.js";

for (const way of ["websocket", "events", "poll"]) {
  const each = (name, run) => test(`${way}: ${name}`, run);

  each("a message that is refused fails with its reason, and the next goes out", async () => {
    const { world, chat } = await inLobby(way);
    world.refuse("send", "forbidden");
    const refused = assert.rejects(chat.send("lobby", "no"), { code: "forbidden" });
    chat.send("lobby", "yes");
    await world.run(2);
    await refused;
    assert.deepEqual(world.bodies(), ["yes"]);
    assert.equal(chat.state.name, "open");
  });

  each("who is too quick waits as long as the server asks", async () => {
    const { world, chat } = await inLobby(way);
    world.refuse("send", "rate_limited", { retry_after: 8 });
    chat.send("lobby", "hello");
    await world.run(7);
    assert.deepEqual(world.bodies(), []);
    await world.run(2);
    assert.deepEqual(world.bodies(), ["hello"]);
  });

  each("a room that one may not enter under this name is tried again under another", async () => {
    const world = new World();
    world.refuse("join", "name_taken", { suggestion: "Ana 2" });
    const { chat, events } = await inLobby(way, world);
    assert.equal(events.last("refused").error.suggestion, "Ana 2");
    assert.equal(chat.snapshot("lobby").state, "refused");
    chat.rename("Ana 2");
    await world.run(1);
    assert.equal(chat.snapshot("lobby").state, "in");
  });

  for (const [code, closed] of [["unauthorized", 4401], ["forbidden", 4403]]) {
    each(`at ${code} in answer to hello, one stops`, async () => {
      const { world, chat } = await inLobby(way);
      world.refuse("hello", code);
      await world.restart();
      await world.run(10);
      assert.equal(chat.state.name, "stopped");
      assert.ok([code, closed].includes(chat.state.code), `${chat.state.code}`);
      const asked = world.asked.length;
      await world.run(100);
      assert.equal(world.asked.length, asked);
    });
  }

  each("a server that is busy at hello is asked again when it says", async () => {
    const { world, chat } = await inLobby(way);
    world.refuse("hello", "rate_limited", { retry_after: 20 });
    await world.restart();
    await world.run(15);
    assert.equal(chat.state.name, "waiting");
    assert.equal(chat.state.patient, true);
    await world.run(10);
    assert.equal(chat.state.name, "open");
  });

  each("a room that is deleted is gone, and the others are not", async () => {
    const { world, chat, events } = await inLobby(way);
    world.room("chess");
    chat.join("chess");
    await world.run(1);
    events.forget();
    world.deletes("chess");
    await world.run(1);
    assert.equal(events.last("refused").error.code, "not_found");
    assert.deepEqual(events.of("state"), []);
    world.says("still here");
    await world.run(1);
    assert.deepEqual(shown(chat), ["still here"]);
  });

  each("a room that moves is followed to its new address", async () => {
    const { world, chat, events } = await inLobby(way);
    world.moves("lobby", "harbour");
    await world.run(1);
    assert.equal(events.last("room").was, "lobby");
    events.forget();
    world.says("here now", { slug: "harbour" });
    chat.send("harbour", "and here");
    await world.run(2);
    const { messages } = chat.snapshot("harbour");
    assert.deepEqual(messages.map(({ body }) => body), ["here now", "and here"]);
    chat.leave("harbour");
    await world.run(1);
    assert.ok([...world.lines].every(({ rooms }) => rooms.size === 0));
    assert.deepEqual(events.of("state"), []);
  });

  each("a room that one left is not followed any more", async () => {
    const { world, chat } = await inLobby(way);
    chat.join("chess");
    await world.run(1);
    chat.leave("chess");
    await world.run(1);
    assert.deepEqual([...world.lines].filter(({ rooms }) => rooms.has("chess")), []);
    assert.equal(chat.state.name, "open");
  });

  each("a room that one left and joined again at once is followed", async () => {
    const { world, chat, events } = await inLobby(way);
    events.forget();
    chat.leave("lobby");
    const joined = chat.join("lobby");
    await world.run(2);
    assert.equal((await joined).state, "in");
    world.says("welcome back");
    await world.run(2);
    assert.deepEqual(shown(chat), ["welcome back"]);
    assert.deepEqual(events.of("refused"), []);
    assert.deepEqual(events.of("error"), []);
  });

  each("in more rooms than there are lines, all are heard and none is left", async () => {
    const { world, chat } = await inLobby(way);
    const slugs = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const slug of slugs) {
      world.room(slug);
      chat.join(slug);
    }
    await world.run(5);
    for (const slug of slugs) world.says("hello", { slug });
    await world.run(5);
    for (const slug of slugs) assert.equal(chat.snapshot(slug).messages.length, 1, slug);
    assert.ok(world.lines.size <= 5);
    assert.equal(chat.state.name, "open");
  });

  each("closing ends all", async () => {
    const { world, chat } = await inLobby(way);
    chat.close();
    await world.run(1);
    const asked = world.asked.length;
    await world.run(100);
    assert.equal(world.asked.length, asked);
    assert.equal(world.lines.size, 0);
  });
}
