import assert from "node:assert/strict";
import { test } from "node:test";

import { PolledRoom } from "../../static/chat/client/transports/polled.js";
import { EventParser } from "../../static/chat/client/transports/sse.js";
import { arrive, shown, world } from "./support/arrivals.js";
import { ANA, BEN, message, room } from "./support/server.js";

test("a busy room is polled often, but not without a pause", async () => {
  const there = world({ upgrades: false, gathers: true });
  const { chat } = await arrive(there, { seconds: 6 });
  there.asked.length = 0;
  for (let number = 0; number < 40; number += 1) {
    there.says(`${number}`);
    await there.run(number % 4 === 0 ? 0.25 : 0);
  }
  await there.run(1);
  assert.equal(shown(chat).length, 40);
  assert.ok(there.asked.length <= 13, `${there.asked.length}`);
});

test("what happened between two polls is told as what happened", () => {
  const polled = new PolledRoom("lobby");
  const answer = (about) => ({
    ...{ events: [], version: 0, epoch: "e1", reset: false, room: room(), more: false },
    ...{ members: [ANA], count: 1, ...about },
  });
  polled.joined(answer({ reset: true }));
  assert.deepEqual(polled.told(answer()), []);
  const told = polled.told(answer({ members: [ANA, BEN], count: 2, room: room({ topic: "Boats" }) }));
  assert.deepEqual(told.map(({ type }) => type), ["room", "presence"]);
  assert.deepEqual(told[1].joined, [BEN]);
  const [left] = polled.told(answer({ room: room({ topic: "Boats" }) }));
  assert.deepEqual([left.left, left.joined, left.count], [[BEN], [], 1]);
});

test("a list of a hundred of more people says nothing of who came", () => {
  const polled = new PolledRoom("lobby");
  const crowd = (from, count) => ({
    ...{ events: [], version: 0, epoch: "e1", reset: false, room: room(), more: false, count },
    members: Array.from({ length: 100 }, (_, each) => ({ id: `p${from + each}`, name: "X" })),
  });
  polled.joined(crowd(0, 120));
  const told = polled.told(crowd(50, 121));
  assert.deepEqual(told, [{ type: "presence", room: "lobby", joined: [], left: [], count: 121 }]);
});

test("messages between other events are told in order, and drop what was held once", () => {
  const polled = new PolledRoom("lobby");
  const about = { epoch: "e1", room: room(), more: false, members: [], count: 0 };
  polled.joined({ ...about, events: [], version: 0, reset: true });
  const said = (seq) => ({ type: "message", room: "lobby", version: seq, message: message(seq) });
  const typing = { type: "typing", room: "lobby", users: [BEN] };
  const events = [said(7), said(9), typing, said(10)];
  const told = polled.told({ ...about, events, version: 11, reset: true });
  assert.deepEqual(
    told.map(({ type, version, reset, messages }) => [type, version, reset, messages?.length]),
    [
      ["synced", 9, true, 2],
      ["typing", undefined, undefined, undefined],
      ["synced", 11, false, 1],
    ],
  );
});

test("a message after a move in the same answer is told under the room's new address", () => {
  const polled = new PolledRoom("lobby");
  const about = { epoch: "e1", room: room(), more: false, members: [], count: 0, reset: false };
  polled.joined({ ...about, events: [], version: 0, reset: true });
  const said = (slug, seq) => ({ type: "message", room: slug, version: seq, message: message(seq) });
  const moved = { type: "room", room: room({ slug: "harbour" }), was: "lobby" };
  const events = [said("lobby", 1), moved, said("harbour", 2)];
  const told = polled.told({ ...about, events, version: 2 });
  assert.deepEqual(
    told.map(({ type, room, version }) => [type, room.slug ?? room, version]),
    [
      ["synced", "lobby", 1],
      ["room", "harbour", undefined],
      ["synced", "harbour", 2],
    ],
  );
});

test("a stream is understood wherever it is cut", () => {
  const text = 'retry: 500\n\n:\n\nevent: a\nid: e:1\ndata: {"a": "é\\n"}\n\ndata: {"b":\r\ndata: 2}\r\n\r\n';
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) {
      events.push(...parser.push(text.slice(at, at + size)));
    }
    assert.deepEqual(events, [{ a: "é\n" }, { b: 2 }]);
  }
});
