import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, inLobby, shown, world } from "./support/arrivals.js";
import { FakeClock } from "./support/clock.js";
import { startInLobby } from "./support/server.js";

/** A clock that somebody sets, beside timers that go on as they did. */
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
  test(`a link that died is noticed though the clock was set ${what} by an hour`, () => {
    const clock = new SetClock();
    const { server } = startInLobby({ clock });
    clock.set(seconds);
    clock.tick(120);
    assert.equal(server.sockets[0].closed, true);
  });

  test(`a link that lives is kept though the clock was set ${what} by an hour`, () => {
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

  test(`that one types is told though the clock was set ${what} by an hour`, () => {
    const clock = new SetClock();
    const { chat, server } = startInLobby({ clock });
    chat.typing();
    clock.set(seconds);
    clock.tick(4);
    chat.typing();
    assert.equal(server.commands("typing").length, 2);
  });

  for (const rooms of [1, 6]) {
    test(`${rooms} rooms are polled on though the clock was set ${what} by an hour`, async () => {
      const there = Object.assign(world(), { clock: new SetClock(), gathers: true });
      const { chat } = await inLobby("poll", there);
      for (let room = 1; room < rooms; room += 1) {
        there.room(`room-${room}`);
        chat.join(`room-${room}`);
      }
      await there.run(3);
      there.clock.set(seconds);
      // Whatever was asked for before is answered.
      for (let second = 0; second < 10; second += 1) {
        there.says(`lobby ${second}`);
        if (rooms > 1) there.says(`other ${second}`, { slug: "room-5" });
        await there.run(1);
      }
      await there.run(6);
      assert.deepEqual(shown(chat), there.bodies());
      if (rooms > 1) assert.deepEqual(shown(chat, "room-5"), there.bodies("room-5"));
    });
  }
}

test("when the network comes back a WebSocket is tried, though the clock was set back", async () => {
  const there = Object.assign(world({ upgrades: false }), { clock: new SetClock() });
  const { chat, network } = await arrive(there, { seconds: 1 });
  network.wake();
  await there.run(1);
  there.clock.set(-HOUR);
  there.upgrades = true;
  await there.run(11);
  network.wake();
  await there.run(1);
  assert.equal(chat.state.transport, "websocket");
});

test("what is written after the clock was set back comes behind what was written before", () => {
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
