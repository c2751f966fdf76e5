import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ANA,
  BEN,
  letIn,
  live,
  message,
  messages,
  room,
  start,
  startInLobby,
} from "../support/server.js";

const seqs = (list) => list.map(({ seq }) => seq);
const held = (chat) => seqs(chat.snapshot("lobby").messages);
const inRoomWith = (count, more = {}) =>
  startInLobby({
    joined: { messages: messages(1, count), room: { version: count }, ...more },
  });

test("joining shows the newest messages", () => {
  const { chat, events } = inRoomWith(3);
  assert.deepEqual(held(chat), [1, 2, 3]);
  assert.deepEqual(seqs(events.last("reset").messages), [1, 2, 3]);
  assert.equal(events.last("joined").count, 1);
});

test("a room has its slug, whatever was typed", async () => {
  const { chat, server } = start();
  const joining = chat.join("Chess Club");
  server.accept();
  server.welcome();
  assert.equal(server.last("join").room, "Chess Club");
  server.joined({ room: { slug: "chess-club", name: "Chess Club" } });
  assert.equal((await joining).slug, "chess-club");
  server.push({ ...live(message(1)), room: "chess-club" });
  assert.equal(chat.snapshot("chess-club").messages.length, 1);
});

test("a refused join is not repeated until somebody joins again", async () => {
  const { chat, server, clock, events } = start();
  const joining = chat.join("secret");
  server.accept();
  server.welcome();
  server.refuse("join", "not_found");
  await assert.rejects(joining, { code: "not_found" });
  assert.equal(events.last("refused").error.code, "not_found");
  server.drop();
  clock.tick(1);
  server.accept();
  server.welcome();
  assert.equal(server.commands("join").length, 0);
  chat.join("secret");
  assert.equal(server.commands("join").length, 1);
});

test("a join is repeated when a busy server asks for that", () => {
  const { server, clock, chat } = start({ room: "lobby" });
  server.accept();
  server.welcome();
  server.refuse("join", "rate_limited", { retry_after: 4 });
  clock.tick(3);
  assert.equal(server.commands("join").length, 1);
  clock.tick(1);
  server.joined();
  assert.equal(chat.snapshot("lobby").state, "in");
});

test("each version is applied once", () => {
  const { chat, server, events } = inRoomWith(1);
  server.push(live(message(2)), live(message(2)), live(message(1)));
  assert.deepEqual(seqs(events.of("message").map(({ message: { seq } }) => ({ seq }))), [2]);
  assert.deepEqual(held(chat), [1, 2]);
});

test("a skipped version is requested and shown once, in order", () => {
  const { chat, server, events } = inRoomWith(1);
  server.push(live(message(4)), live(message(5)));
  assert.equal(server.commands("sync").length, 1);
  const { id, ...sync } = server.last("sync");
  assert.deepEqual(sync, { type: "sync", room: "lobby", after: 1, epoch: "e1" });
  const missed = { epoch: "e1", version: 5, reset: false, messages: messages(2, 5) };
  server.reply("sync", { type: "synced", room: "lobby", ...missed });
  assert.deepEqual(held(chat), [1, 2, 3, 4, 5]);
  assert.equal(events.of("message").length, 4);
  assert.equal(server.commands("sync").length, 1);
});

test("a gap during a sync is requested after it", () => {
  const { chat, server } = inRoomWith(1);
  server.push(live(message(3)));
  server.push(live(message(6)));
  const synced = (version) => {
    const missed = { epoch: "e1", version, reset: false, messages: messages(2, version) };
    server.reply("sync", { type: "synced", room: "lobby", ...missed });
  };
  synced(5);
  assert.equal(server.commands("sync").length, 2);
  synced(6);
  assert.deepEqual(held(chat), [1, 2, 3, 4, 5, 6]);
});

test("`heads` reveals that the last message was lost", () => {
  const { server } = inRoomWith(2);
  server.heads({ lobby: 2, elsewhere: 9 });
  assert.equal(server.commands("sync").length, 0);
  server.heads({ lobby: 3 });
  assert.equal(server.last("sync").after, 2);
});

test("a refused sync is repeated later", () => {
  const { server, clock } = inRoomWith(1);
  server.heads({ lobby: 3 });
  server.refuse("sync", "unavailable", { retry_after: 2 });
  clock.tick(2);
  assert.equal(server.commands("sync").length, 2);
});

test("a reconnect resumes with the changes, each once", () => {
  const { chat, server, clock, events } = inRoomWith(3);
  server.drop();
  clock.tick(1);
  server.accept();
  server.welcome();
  assert.equal(server.last("join").after, 3);
  assert.equal(server.last("join").epoch, "e1");
  events.forget();
  const changed = [message(5, { version: 5 }), message(4, { version: 6 })];
  server.joined({ reset: false, messages: changed, room: { version: 6, seq: 5 } });
  assert.deepEqual(held(chat), [1, 2, 3, 4, 5]);
  assert.equal(events.of("reset").length, 0);
  assert.equal(events.of("message").length, 2);
});

test("another epoch replaces everything", () => {
  const { chat, server, clock } = inRoomWith(3);
  server.drop();
  clock.tick(1);
  letIn(server, ANA, { messages: [message(1)], room: { epoch: "e2", version: 1 } });
  assert.deepEqual(held(chat), [1]);
  server.push(live(message(2)));
  assert.deepEqual(held(chat), [1, 2]);
});

test("a `room` event with another epoch requests the new log", () => {
  const { server } = inRoomWith(3);
  server.push({ type: "room", room: room({ epoch: "e2", version: 0 }) });
  assert.equal(server.last("sync").epoch, "e1");
});

test("the server may resynchronise a client that did not ask", () => {
  const { chat, server, events } = inRoomWith(1);
  const about = { room: room({ version: 3 }), members: [ANA, BEN], count: 2, more: false };
  server.push({ type: "joined", reset: false, messages: messages(2, 3), ...about });
  assert.deepEqual(held(chat), [1, 2, 3]);
  assert.equal(events.last("joined").count, 2);
});

test("a change to a message replaces it", () => {
  const { chat, server } = inRoomWith(3);
  server.push(live(message(2, { version: 4, deleted: true, body: "" })));
  assert.equal(chat.snapshot("lobby").messages[1].deleted, true);
  server.push(live(message(2, { version: 5, body: "back" })));
  assert.equal(chat.snapshot("lobby").messages[1].body, "back");
});

test("history loads the page before the oldest message held", async () => {
  const { chat, server } = startInLobby({
    joined: { messages: messages(101, 150), more: true, room: { version: 150 } },
  });
  const page = chat.history("lobby");
  assert.equal(server.last("history").before, 101);
  assert.equal(server.last("history").limit, 50);
  server.reply("history", { type: "history", room: "lobby", messages: messages(51, 100), more: true, newer: true });
  assert.equal((await page).messages.length, 50);
  assert.equal(held(chat).length, 100);
  assert.equal(held(chat)[0], 51);
});

test("a page read before a change does not undo the change", async () => {
  const { chat, server, events } = startInLobby({
    joined: { messages: [message(3)], more: true, room: { version: 3 } },
  });
  const page = chat.history("lobby");
  server.push(live(message(2, { version: 4, deleted: true, body: "" })));
  assert.equal(events.of("message").length, 0);
  server.reply("history", { type: "history", room: "lobby", messages: messages(1, 2), more: false, newer: true });
  assert.deepEqual(
    (await page).messages.map(({ deleted }) => deleted),
    [false, true],
  );
});

test("a page requested before a reset is dropped", async () => {
  const { chat, server } = startInLobby({
    joined: { messages: [message(9)], more: true, room: { version: 9 } },
  });
  const page = chat.history("lobby");
  const fresh = { room: room({ epoch: "e2", version: 1 }), members: [ANA], count: 1, more: false };
  server.push({ type: "joined", reset: true, messages: [message(1)], ...fresh });
  server.reply("history", { type: "history", room: "lobby", messages: [message(8)], more: false, newer: true });
  assert.equal((await page).messages.length, 0);
  assert.deepEqual(held(chat), [1]);
});

test("history fails with the connection, and the beginning needs no request", async () => {
  const { chat, server } = startInLobby({
    joined: { messages: [message(9)], more: true, room: { version: 9 } },
  });
  const page = chat.history("lobby");
  server.drop();
  await assert.rejects(page, { code: "disconnected" });
  await assert.rejects(chat.history("lobby"), { code: "disconnected" });
  const whole = inRoomWith(2);
  assert.deepEqual(await whole.chat.history("lobby"), { messages: [], more: false, refs: {} });
  assert.equal(whole.server.commands("history").length, 0);
});

test("a receipt is sent every 32 messages, or a second after one", () => {
  const { server, clock } = inRoomWith(0);
  messages(1, 32).forEach((each) => server.push(live(each)));
  assert.equal(server.commands("received").length, 1);
  const first = server.last("received").version;
  messages(33, first + 31).forEach((each) => server.push(live(each)));
  assert.equal(server.commands("received").length, 1);
  server.push(live(message(first + 32)));
  assert.equal(server.last("received").version, first + 32);
  server.push(live(message(first + 33)));
  clock.tick(1);
  assert.equal(server.last("received").version, first + 33);
  clock.tick(20);
  assert.equal(server.commands("received").length, 3);
});

test("presence updates the members; a new name is no arrival", () => {
  const { chat, server, events } = startInLobby();
  server.push({ type: "presence", room: "lobby", joined: [BEN], left: [], count: 2 });
  assert.deepEqual(events.last("presence").arrived, [BEN]);
  assert.deepEqual(events.last("presence").renamed, []);
  const renamed = { ...BEN, name: "Benjamin" };
  server.push({ type: "presence", room: "lobby", joined: [renamed], left: [], count: 2 });
  assert.deepEqual(events.last("presence").arrived, []);
  assert.deepEqual(events.last("presence").renamed, [{ user: renamed, former: "Ben" }]);
  assert.deepEqual(chat.snapshot("lobby").members, [ANA, renamed]);
  server.push({ type: "presence", room: "lobby", joined: [], left: [renamed], count: 1 });
  assert.deepEqual(chat.snapshot("lobby").members, [ANA]);
  assert.equal(chat.snapshot("lobby").count, 1);
});

test("a new name is on the messages held, and on no others", () => {
  const { chat, server, events } = inRoomWith(2);
  const renamed = { ...BEN, name: "Benjamin" };
  server.push(live({ ...message(3), author: ANA }));
  server.push({ type: "renamed", room: "lobby", user: renamed });
  assert.deepEqual(events.last("renamed").user, renamed);
  const names = chat.snapshot("lobby").messages.map(({ author }) => author.name);
  assert.deepEqual(names, ["Benjamin", "Benjamin", "Ana"]);
  server.push({ type: "renamed", room: "lobby", user: { ...ANA, name: "Anna" } });
  assert.equal(chat.user.name, "Anna");
});

test("who took another name while one was away has it on the messages held", () => {
  const { chat, server, events } = inRoomWith(2);
  server.push(live({ ...message(3), author: ANA }));
  server.drop();
  chat.reconnect();
  const anna = { ...ANA, name: "Anna" };
  const renamed = { ...BEN, name: "Benjamin" };
  letIn(server, anna, { members: [anna, renamed], count: 2, reset: false, room: { version: 3 } });
  assert.deepEqual(events.of("renamed").map(({ user }) => user), [renamed, anna]);
  const names = chat.snapshot("lobby").messages.map(({ author }) => author.name);
  assert.deepEqual(names, ["Benjamin", "Benjamin", "Anna"]);
});

test("a very full room has a short list and the right count", () => {
  const crowd = Array.from({ length: 100 }, (_, n) => ({ id: `p${n}`, name: `P${n}`, kind: "guest" }));
  const { chat, server } = startInLobby({ joined: { members: crowd, count: 700 } });
  server.push({ type: "presence", room: "lobby", joined: [BEN], left: [], count: 701 });
  assert.equal(chat.snapshot("lobby").members.length, 100);
  assert.equal(chat.snapshot("lobby").count, 701);
});

test("typing is sent at most every 3 seconds, and only in a room", () => {
  const { chat, server, clock } = startInLobby();
  for (let key = 0; key < 20; key += 1) chat.typing("lobby");
  assert.equal(server.commands("typing").length, 1);
  clock.tick(3);
  chat.typing("lobby");
  assert.equal(server.commands("typing").length, 2);
  server.drop();
  clock.tick(3);
  chat.typing("lobby");
  assert.equal(server.commands("typing").length, 0);
});

test("typists expire after 5 seconds, or with their message", () => {
  const { server, clock, events } = inRoomWith(0);
  const typing = () => server.push({ type: "typing", room: "lobby", users: [BEN] });
  typing();
  assert.deepEqual(events.last("typing").users, [BEN]);
  clock.tick(5);
  assert.deepEqual(events.last("typing").users, []);
  typing();
  server.push(live(message(1)));
  assert.deepEqual(events.last("typing").users, []);
});

test("a changed room is an event, and has its new slug", () => {
  const { chat, server, events } = startInLobby();
  server.push({ type: "room", was: "lobby", room: room({ slug: "hall", name: "Hall" }) });
  assert.equal(events.last("room").info.name, "Hall");
  assert.equal(events.last("room").was, "lobby");
  chat.send("hall", "hello");
  assert.equal(server.last("send").room, "hall");
});

test("a changed room keeps one's own place in it, unless that is another", () => {
  const my = { role: "owner", last_read: 3, level: "everything" };
  const { chat, server, events } = startInLobby({ joined: { room: { my } } });
  server.push({ type: "room", room: room({ topic: "Books" }) });
  assert.deepEqual(events.last("room").info.my, my);
  assert.deepEqual(chat.snapshot("lobby").info.my, my);
  assert.equal(chat.snapshot("lobby").info.topic, "Books");
  server.push({ type: "room", room: room({ my: { ...my, role: "member" } }) });
  assert.equal(events.last("room").info.my.role, "member");
});

test("a changed site is an event", () => {
  const { server, events } = startInLobby();
  const site = { name: "New", welcome: "Hi", guests_may_write: false };
  server.push({ type: "site", site, limits: { body: 10, name: 32, frame: 65536, edit: 86400 } });
  assert.equal(events.last("site").site.guests_may_write, false);
});

test("after leaving a room its events are ignored", () => {
  const { chat, server, clock, events } = startInLobby();
  chat.leave("lobby");
  assert.equal(server.last("leave").room, "lobby");
  events.forget();
  server.push(live(message(1)));
  clock.tick(10);
  assert.equal(events.of("message").length, 0);
  assert.throws(() => chat.send("lobby", "hello"), /never joined/);
});

test("a deleted room is refused, and not joined again", () => {
  const { chat, server, clock, events } = startInLobby();
  server.push({ type: "left", room: "lobby" });
  assert.equal(events.last("refused").error.code, "not_found");
  assert.equal(chat.snapshot("lobby").state, "refused");
  server.drop();
  clock.tick(1);
  server.accept();
  server.welcome();
  assert.equal(server.commands("join").length, 0);
});
