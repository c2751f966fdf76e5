import assert from "node:assert/strict";
import { test } from "node:test";

import { ANA, BEN, message, startInLobby } from "../support/server.js";

test("mentions go with what is sent and edited", () => {
  const { chat, server } = startInLobby();
  chat.send("hi", { mentions: [BEN.id] });
  assert.deepEqual(server.last("send").mentions, [BEN.id]);
  server.ack(1);
  chat.edit(1, "nobody", { mentions: [] });
  assert.deepEqual(server.last("edit").mentions, []);
  server.ack(1, { of: "edit", version: 2 });
  chat.send("@Ben");
  assert.ok(!("mentions" in server.last("send")));
});

test("names in the text mean somebody beside the ids where that is said", () => {
  const { chat, server } = startInLobby();
  chat.send("@Cleo", { mentions: [BEN.id], mentionNames: true });
  assert.deepEqual([server.last("send").mentions, server.last("send").mention_names], [[BEN.id], true]);
  server.ack(1);
  chat.edit(1, "@Cleo!", { mentions: [BEN.id], mentionNames: true });
  assert.equal(server.last("edit").mention_names, true);
});

test("an edit of an unsent message says anew who is meant", () => {
  const { chat, server, events } = startInLobby();
  server.drop();
  chat.send("hi", { mentions: [BEN.id] });
  const [{ id }] = events.last("outbox").entries;
  chat.edit(id, "nobody");
  assert.equal(chat.snapshot().outbox[0].mentions, undefined);
});

test("a message means this person by name, or with everybody", () => {
  const { chat } = startInLobby();
  assert.equal(chat.mentionsMe(message(1)), false);
  assert.equal(chat.mentionsMe(message(1, { mentions: [BEN] })), false);
  assert.equal(chat.mentionsMe(message(1, { mentions: [BEN, ANA] })), true);
  assert.equal(chat.mentionsMe(message(1, { mentions_all: "here" })), true);
  assert.equal(chat.mentionsMe(message(1, { mentions_all: "here", author: ANA })), false);
  assert.equal(chat.mentionsMe(message(1, { mentions: [ANA], author: ANA })), false);
});

test("whoever is mentioned is shown under another name at once", () => {
  const joined = { messages: [message(1, { mentions: [ANA] })], room: { version: 1 } };
  const { chat, server } = startInLobby({ joined });
  server.push({ type: "renamed", room: "lobby", user: { ...ANA, name: "Anne" } });
  assert.deepEqual(chat.snapshot().messages[0].mentions, [{ ...ANA, name: "Anne", was: "Ana" }]);
  server.push({ type: "renamed", room: "lobby", user: ANA });
  assert.deepEqual(chat.snapshot().messages[0].mentions, [ANA]);
});
