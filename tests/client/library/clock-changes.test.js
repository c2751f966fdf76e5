import assert from "node:assert/strict";
import { test } from "node:test";

import { enterLobby, enterLobbyBy, shown, makeWorld } from "../support/entering.js";
import { FakeClock } from "../support/clock.js";
import { startInLobby } from "../support/server.js";

/** A clock that somebody sets; its timers go on as before. */
class SetClock extends FakeClock {
  #offset = 0;

  now() {
    return super.now() + this.#offset;
  }

  set(seconds) {
    this.#offset += seconds * 1000;
  }
}

const HOUR = 3600;

for (const [what, seconds] of [["back", -HOUR], ["forward", HOUR]]) {
  test(`a dead connection is noticed after the clock was set ${what}`, () => {
    const clock = new SetClock();
    const { server } = startInLobby({ clock });
    clock.set(seconds);
    clock.tick(120);
    assert.equal(server.sockets[0].closed, true);
  });

  test(`a live connection is kept after the clock was set ${what}`, () => {
    const clock = new SetClock();
    const { server } = startInLobby({ clock });
    clock.tick(20);
    clock.set(seconds);
    for (let beat = 0; beat < 10; beat += 1) {
      clock.tick(20);
      server.heads({});
    }
    assert.equal(server.sockets.length, 1);
  });

  test(`typing is sent after the clock was set ${what}`, () => {
    const clock = new SetClock();
    const { chat, server } = startInLobby({ clock });
    chat.typing();
    clock.set(seconds);
    clock.tick(4);
    chat.typing();
    assert.equal(server.commands("typing").length, 2);
  });

  for (const rooms of [1, 6]) {
    test(`polling of ${rooms} rooms continues after the clock was set ${what}`, async () => {
      const world = Object.assign(makeWorld(), { clock: new SetClock(), buffers: true });
      const { chat } = await enterLobbyBy("poll", world);
      for (let room = 1; room < rooms; room += 1) {
        world.room(`room-${room}`);
        chat.join(`room-${room}`);
      }
      await world.run(3);
      world.clock.set(seconds);
      // Each poll under way has something to return.
      for (let second = 0; second < 10; second += 1) {
        world.post(`lobby ${second}`);
        if (rooms > 1) world.post(`other ${second}`, { slug: "room-5" });
        await world.run(1);
      }
      await world.run(6);
      assert.deepEqual(shown(chat), world.bodies());
      if (rooms > 1) assert.deepEqual(shown(chat, "room-5"), world.bodies("room-5"));
    });
  }
}

test("a returning network tries a WebSocket after the clock was set back", async () => {
  const world = Object.assign(makeWorld({ upgrades: false }), { clock: new SetClock() });
  const { chat, network } = await enterLobby(world, { seconds: 1 });
  network.wake();
  await world.run(1);
  world.clock.set(-HOUR);
  world.upgrades = true;
  await world.run(11);
  network.wake();
  await world.run(1);
  assert.equal(chat.state.transport, "websocket");
});

test("the outbox keeps its order after the clock was set back", () => {
  const clock = new SetClock();
  const { chat, server, storage } = startInLobby({ clock, newId: () => "id-1" });
  server.drop(4408);
  chat.send("first");
  chat.close();
  clock.set(-HOUR);
  const again = startInLobby({ clock, storage, newId: () => "id-2" });
  again.server.drop(4408);
  again.chat.send("second");
  again.chat.close();
  const bodies = () => startInLobby({ clock, storage }).chat.snapshot().outbox.map(({ body }) => body);
  assert.deepEqual(bodies(), ["first", "second"]);
});
