import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobbyBy, shown } from "../support/entering.js";
import { World } from "../support/world.js";

for (const kind of ["websocket", "events", "poll"]) {
  const each = (name, run) => test(`${kind}: ${name}`, run);

  each("a refused message fails with its reason, and the next is sent", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.refuse("send", "forbidden");
    const refused = assert.rejects(chat.send("lobby", "no"), { code: "forbidden" });
    chat.send("lobby", "yes");
    await world.run(2);
    await refused;
    assert.deepEqual(world.bodies(), ["yes"]);
    assert.equal(chat.state.name, "open");
  });

  each("a rate limit delays a send as long as the server asks", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.refuse("send", "rate_limited", { retry_after: 8 });
    chat.send("lobby", "hello");
    await world.run(7);
    assert.deepEqual(world.bodies(), []);
    await world.run(2);
    assert.deepEqual(world.bodies(), ["hello"]);
  });

  each("a join refused for its name is repeated under another", async () => {
    const world = new World();
    world.refuse("join", "name_taken", { suggestion: "Ana 2" });
    const { chat, events } = await enterLobbyBy(kind, world);
    assert.equal(events.last("refused").error.suggestion, "Ana 2");
    assert.equal(chat.snapshot("lobby").state, "refused");
    chat.rename("Ana 2");
    await world.run(1);
    assert.equal(chat.snapshot("lobby").state, "in");
  });

  for (const [code, closed] of [["unauthorized", 4401], ["forbidden", 4403]]) {
    each(`the client stops when hello is refused as ${code}`, async () => {
      const { world, chat } = await enterLobbyBy(kind);
      world.refuse("hello", code);
      await world.restart();
      await world.run(10);
      assert.equal(chat.state.name, "stopped");
      assert.ok([code, closed].includes(chat.state.code), `${chat.state.code}`);
      const asked = world.requests.length;
      await world.run(100);
      assert.equal(world.requests.length, asked);
    });
  }

  each("hello is repeated when the busy server says", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    world.refuse("hello", "rate_limited", { retry_after: 20 });
    await world.restart();
    await world.run(15);
    assert.equal(chat.state.name, "waiting");
    assert.equal(chat.state.patient, true);
    await world.run(10);
    assert.equal(chat.state.name, "open");
  });

  each("a deleted room is gone, and the others are not", async () => {
    const { world, chat, events } = await enterLobbyBy(kind);
    world.room("chess");
    chat.join("chess");
    await world.run(1);
    events.forget();
    world.deleteRoom("chess");
    await world.run(1);
    assert.equal(events.last("refused").error.code, "not_found");
    assert.deepEqual(events.of("state"), []);
    world.post("still here");
    await world.run(1);
    assert.deepEqual(shown(chat), ["still here"]);
  });

  each("a room that asks for a password now is left, and the others are not", async () => {
    const { world, chat, events } = await enterLobbyBy(kind);
    world.room("chess");
    chat.join("chess");
    await world.run(1);
    events.forget();
    world.setPassword("chess");
    await world.run(1);
    assert.equal(events.last("refused").error.reason, "password");
    assert.deepEqual(events.of("state"), []);
    world.post("still here");
    await world.run(1);
    assert.deepEqual(shown(chat), ["still here"]);
  });

  each("a room that moves is followed to its new slug", async () => {
    const { world, chat, events } = await enterLobbyBy(kind);
    world.moveRoom("lobby", "harbour");
    await world.run(1);
    assert.equal(events.last("room").was, "lobby");
    events.forget();
    world.post("here now", { slug: "harbour" });
    chat.send("harbour", "and here");
    await world.run(2);
    const { messages } = chat.snapshot("harbour");
    assert.deepEqual(messages.map(({ body }) => body), ["here now", "and here"]);
    chat.leave("harbour");
    await world.run(1);
    assert.ok([...world.connections].every(({ rooms }) => rooms.size === 0));
    assert.deepEqual(events.of("state"), []);
  });

  each("a room that was left has no subscription", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    chat.join("chess");
    await world.run(1);
    chat.leave("chess");
    await world.run(1);
    assert.deepEqual([...world.connections].filter(({ rooms }) => rooms.has("chess")), []);
    assert.equal(chat.state.name, "open");
  });

  each("a room left and joined again at once is subscribed to", async () => {
    const { world, chat, events } = await enterLobbyBy(kind);
    events.forget();
    chat.leave("lobby");
    const joined = chat.join("lobby");
    await world.run(2);
    assert.equal((await joined).state, "in");
    world.post("welcome back");
    await world.run(2);
    assert.deepEqual(shown(chat), ["welcome back"]);
    assert.deepEqual(events.of("refused"), []);
    assert.deepEqual(events.of("error"), []);
  });

  each("more rooms than connections all receive, and none is left", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    const slugs = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const slug of slugs) {
      world.room(slug);
      chat.join(slug);
    }
    await world.run(5);
    for (const slug of slugs) world.post("hello", { slug });
    await world.run(5);
    for (const slug of slugs) assert.equal(chat.snapshot(slug).messages.length, 1, slug);
    assert.ok(world.connections.size <= 5);
    assert.equal(chat.state.name, "open");
  });

  each("closing ends every connection", async () => {
    const { world, chat } = await enterLobbyBy(kind);
    chat.close();
    await world.run(1);
    const asked = world.requests.length;
    await world.run(100);
    assert.equal(world.requests.length, asked);
    assert.equal(world.connections.size, 0);
  });
}
