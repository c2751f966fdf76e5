import assert from "node:assert/strict";
import { test } from "node:test";

import { PolledList } from "../../../static/chat/client/link/transports/polledlist.js";
import { FakeClock } from "../support/clock.js";
import { BEN, MEMBER, message, room, start } from "../support/server.js";

function entry(id, more = {}) {
  const { seq = 0, ...own } = more;
  const about = { id, slug: id.slice(1), seq, version: seq };
  const rest = { last_read: 0, unread: seq, mentions: 0, level: "everything", role: "member" };
  return { room: room(about), count: 0, ...rest, ...own };
}

function watching(...rooms) {
  const started = start();
  started.server.accept();
  started.server.welcome(MEMBER);
  const watched = started.chat.watch();
  started.server.reply("watch", { type: "rooms", rooms });
  return { ...started, watched };
}

/** Lets seconds pass, and what was awaited come. */
async function pass(clock, seconds) {
  clock.tick(seconds);
  await new Promise(setImmediate);
}

test("the list is asked for once, and kept by its changes", async () => {
  const { chat, server, events, watched } = watching(entry("~a"), entry("~b"));
  assert.deepEqual((await watched).map(({ room: { id } }) => id), ["~a", "~b"]);
  server.push({ type: "rooms", rooms: [entry("~b", { seq: 3 }), entry("~c")], gone: ["~a"] });
  assert.deepEqual(chat.list.map(({ room: { id }, unread }) => [id, unread]), [["~b", 3], ["~c", 0]]);
  const { rooms, changed, gone } = events.last("rooms");
  assert.deepEqual([rooms.length, changed.length, gone], [2, 2, ["~a"]]);
  assert.equal(server.commands("watch").length, 1);
});

test("it is asked for again in the next session, and says what is gone by then", async () => {
  const { chat, server, clock, events } = watching(entry("~a"), entry("~b"));
  server.drop();
  await pass(clock, 2);
  server.accept();
  server.welcome(MEMBER);
  server.reply("watch", { type: "rooms", rooms: [entry("~b")] });
  assert.equal(chat.list.length, 1);
  assert.deepEqual(events.last("rooms").gone, ["~a"]);
});

test("a refusal rejects, and the end of the connection too", async () => {
  const { chat, server } = start();
  const refused = chat.watch();
  server.accept();
  server.welcome(MEMBER);
  server.refuse("watch", "unauthorized");
  await assert.rejects(refused, { code: "unauthorized" });
  chat.close();
  await assert.rejects(chat.watch(), { code: "disconnected" });
});

test("where the server is busy, or asks for a slower rate, the list is asked for again", async () => {
  const { chat, server, clock } = start();
  const watched = chat.watch();
  server.accept();
  server.welcome(MEMBER);
  server.refuse("watch", "unavailable");
  await pass(clock, 3);
  server.refuse("watch", "rate_limited", { retry_after: 4 });
  await pass(clock, 3);
  assert.equal(server.commands("watch").length, 2);
  await pass(clock, 2);
  server.reply("watch", { type: "rooms", rooms: [entry("~a")] });
  assert.equal((await watched).length, 1);
});

test("a room is read by its id, as another may have its address later", async () => {
  const { chat, server, clock } = watching(entry("~a", { seq: 9 }));
  chat.read("a", 3);
  const other = entry("~b", { seq: 2 });
  other.room.slug = "a";
  server.push({ type: "rooms", rooms: [other], gone: ["~a"] });
  chat.read("a", 1);
  await pass(clock, 1);
  const sent = server.commands("read").map(({ room: of, seq }) => [of, seq]);
  assert.deepEqual(sent, [["~a", 3], ["~b", 1]]);
});

test("what was read is sent once, of several seqs the last, and never backwards", async () => {
  const { chat, server, clock } = watching(entry("~a", { seq: 9 }));
  for (const seq of [3, 5, 4, 7]) chat.read("a", seq);
  await pass(clock, 5);
  assert.deepEqual(server.commands("read").map(({ seq }) => seq), [3, 7]);
  chat.read("a", 6);
  assert.equal(server.commands("read").length, 2);
});

test("what was read without a connection is sent with the next", async () => {
  const { chat, server, clock } = watching(entry("~a", { seq: 9 }));
  server.drop();
  chat.read("a", 3);
  await pass(clock, 2);
  server.accept();
  assert.equal(server.commands("read").length, 0);
  server.welcome(MEMBER);
  assert.equal(server.last("read").seq, 3);
});

test("what was read on another device is read in the list", () => {
  const { chat, server, events } = watching(entry("~a", { seq: 5, mentions: 2 }));
  server.push({ type: "read", room: "a", seq: 4 });
  const [{ last_read, unread, mentions }] = chat.list;
  assert.deepEqual([last_read, unread, mentions], [4, 1, 1]);
  assert.equal(events.of("read").length, 1);
});

test("a notice that comes by several streams is one event", () => {
  const { server, events } = watching();
  const notice = { type: "notice", room: "a", seq: 4, why: "mention", message: message(4) };
  const edited = message(4, { id: notice.message.id, version: 9 });
  server.push(notice, notice, { ...notice, seq: 5, message: message(5) }, { ...notice, message: edited });
  assert.deepEqual(events.of("notice").map(({ seq }) => seq), [4, 5, 4]);
});

test("people are found, and a direct room is opened, over HTTP", async () => {
  const requests = [];
  const fetch = async (url, { method, body }) => {
    requests.push([method, new URL(url).pathname + new URL(url).search, body && JSON.parse(body)]);
    const content = method === "GET" ? { people: [BEN] } : room({ slug: "direct~1", kind: "direct" });
    return new Response(JSON.stringify(content), { status: 200 });
  };
  const { chat } = start({ fetch });
  assert.deepEqual(await chat.people("be"), [BEN]);
  assert.equal((await chat.direct([BEN])).slug, "direct~1");
  assert.deepEqual(requests, [
    ["GET", "/api/v1/people?q=be", undefined],
    ["POST", "/api/v1/rooms", { kind: "direct", members: [BEN.id] }],
  ]);
});

test("over HTTP the list is polled, and only what changed is delivered", async () => {
  const clock = new FakeClock();
  const answers = [
    [entry("~a"), entry("~b")],
    [entry("~a", { seq: 1 }), entry("~b")],
    [entry("~a", { seq: 1 })],
    [entry("~a", { seq: 1 })],
  ];
  const endpoints = { fetchJson: async () => ({ rooms: answers.shift() ?? [] }) };
  const delivered = [];
  const list = new PolledList(endpoints, clock, (event) => delivered.push(event));
  await list.start("w");
  for (let poll = 0; poll < 3; poll += 1) await pass(clock, 4);
  list.close();
  const told = delivered.map(({ id, rooms, gone }) => [id, rooms.length, gone]);
  assert.deepEqual(told, [["w", 2, undefined], [undefined, 1, []], [undefined, 0, ["~b"]]]);
});
