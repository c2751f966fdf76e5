import assert from "node:assert/strict";
import { test } from "node:test";

import { PolledRoom } from "../../../static/chat/client/link/transports/polledroom.js";
import { EventStreamParser } from "../../../static/chat/client/link/transports/parsing.js";
import { OwnReactions } from "../../../static/chat/client/room/ownreactions.js";
import { enterLobby, shown, makeWorld } from "../support/entering.js";
import { ANA, BEN, message, room } from "../support/server.js";

test("a busy room is polled with pauses", async () => {
  const world = makeWorld({ upgrades: false, buffers: true });
  const { chat } = await enterLobby(world, { seconds: 6 });
  world.requests.length = 0;
  for (let number = 0; number < 40; number += 1) {
    world.post(`${number}`);
    await world.run(number % 4 === 0 ? 0.25 : 0);
  }
  await world.run(1);
  assert.equal(shown(chat).length, 40);
  assert.ok(world.requests.length <= 13, `${world.requests.length}`);
});

test("changes between two polls become events", () => {
  const polled = new PolledRoom("lobby");
  const response = (about) => ({
    ...{ events: [], version: 0, epoch: "e1", reset: false, room: room(), more: false },
    ...{ members: [ANA], count: 1, ...about },
  });
  polled.joinedEvent(response({ reset: true }));
  assert.deepEqual(polled.eventsOf(response()), []);
  const result = polled.eventsOf(response({ members: [ANA, BEN], count: 2, room: room({ topic: "Boats" }) }));
  assert.deepEqual(result.map(({ type }) => type), ["room", "presence"]);
  assert.deepEqual(result[1].joined, [BEN]);
  const [left] = polled.eventsOf(response({ room: room({ topic: "Boats" }) }));
  assert.deepEqual([left.left, left.joined, left.count], [[BEN], [], 1]);
  const mine = (my) => response({ room: room({ topic: "Boats", my: { role: "member", last_read: 1, level: "everything", ...my } }) });
  polled.eventsOf(mine());
  assert.deepEqual(polled.eventsOf(mine({ last_read: 2 })), []);
  for (const my of [{ role: "moderator" }, { role: "moderator", may: ["moderate"] }]) {
    const [changed] = polled.eventsOf(mine(my));
    assert.deepEqual([changed.type, changed.room.my.role], ["room", "moderator"]);
  }
});

test("a list of 100 of more members does not show who arrived", () => {
  const polled = new PolledRoom("lobby");
  const crowd = (from, count) => ({
    ...{ events: [], version: 0, epoch: "e1", reset: false, room: room(), more: false, count },
    members: Array.from({ length: 100 }, (_, each) => ({ id: `p${from + each}`, name: "X" })),
  });
  polled.joinedEvent(crowd(0, 120));
  const result = polled.eventsOf(crowd(50, 121));
  assert.deepEqual(result, [{ type: "presence", room: "lobby", joined: [], left: [], count: 121 }]);
});

test("messages between other events keep the order, with one reset", () => {
  const polled = new PolledRoom("lobby");
  const about = { epoch: "e1", room: room(), more: false, members: [], count: 0 };
  polled.joinedEvent({ ...about, events: [], version: 0, reset: true });
  const messageEvent = (seq) => ({ type: "message", room: "lobby", version: seq, message: message(seq) });
  const typing = { type: "typing", room: "lobby", users: [BEN] };
  const events = [messageEvent(7), messageEvent(9), typing, messageEvent(10)];
  const result = polled.eventsOf({ ...about, events, version: 11, reset: true });
  assert.deepEqual(
    result.map(({ type, version, reset, messages }) => [type, version, reset, messages?.length]),
    [
      ["synced", 9, true, 2],
      ["typing", undefined, undefined, undefined],
      ["synced", 11, false, 1],
    ],
  );
});

test("own reactions to what changed while a poll waited are still known", () => {
  const own = new OwnReactions();
  const polled = new PolledRoom("lobby");
  const about = { epoch: "e1", room: room({ version: 5 }), more: false, members: [], count: 0, reset: false };
  const crowded = (seq) => message(seq, { reactions: [{ emoji: "👍", count: 21, by: [BEN.id] }] });
  const events = [5, 6].map((seq) => ({ type: "message", room: "lobby", version: seq, message: crowded(seq) }));
  own.add(polled.joinedEvent({ ...about, events, version: 6, mine: { 5: ["👍"], 6: ["👍"] } }));
  for (const event of polled.eventsOf({ ...about, events, version: 7 })) own.add(event);
  assert.deepEqual(events.map((event) => own.mark(event.message).reactions[0].mine), [false, true]);
});

test("a message after a move has the room's new slug", () => {
  const polled = new PolledRoom("lobby");
  const about = { epoch: "e1", room: room(), more: false, members: [], count: 0, reset: false };
  polled.joinedEvent({ ...about, events: [], version: 0, reset: true });
  const messageEvent = (slug, seq) => ({ type: "message", room: slug, version: seq, message: message(seq) });
  const moved = { type: "room", room: room({ slug: "harbour" }), was: "lobby" };
  const events = [messageEvent("lobby", 1), moved, messageEvent("harbour", 2)];
  const result = polled.eventsOf({ ...about, events, version: 2 });
  assert.deepEqual(
    result.map(({ type, room, version }) => [type, room.slug ?? room, version]),
    [
      ["synced", "lobby", 1],
      ["room", "harbour", undefined],
      ["synced", "harbour", 2],
    ],
  );
});

test("a stream is parsed wherever it is cut", () => {
  const text = 'retry: 500\n\n:\n\nevent: a\nid: e:1\ndata: {"a": "é\\n"}\n\ndata: {"b":\r\ndata: 2}\r\n\r\n';
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventStreamParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) {
      events.push(...parser.push(text.slice(at, at + size)));
    }
    assert.deepEqual(events, [{ a: "é\n" }, { b: 2 }]);
  }
});
