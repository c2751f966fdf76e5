import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomChat } from "../../../static/chat/page/views/roomchat.js";

/** A chat that notes what it is called with, and passes events on. */
class FakeChat {
  slugs = new Map();
  listeners = new Set();
  calls = [];

  slug(address) {
    return this.slugs.get(address) ?? address;
  }

  on(type, listener) {
    const entry = { type, listener };
    this.listeners.add(entry);
    return () => this.listeners.delete(entry);
  }

  emit(type, event) {
    for (const each of [...this.listeners]) if (each.type === type) each.listener(event);
  }

  send(...options) {
    this.calls.push(["send", ...options]);
  }

  leave(...options) {
    this.calls.push(["leave", ...options]);
  }
}

test("a room hears its own events and those of the whole site, under whatever slug it has", () => {
  const chat = new FakeChat();
  const room = new RoomChat(chat, "Chess Club", () => null);
  const heard = [];
  room.on("message", ({ room: slug }) => heard.push(slug));
  room.on("refused", ({ room: slug }) => heard.push(slug));
  chat.slugs.set("Chess Club", "chess-club");
  chat.emit("message", { room: "chess-club" });
  chat.emit("message", { room: "garden" });
  chat.slugs.set("Chess Club", "chess");
  chat.emit("message", { room: "chess" });
  chat.emit("message", { room: "chess-club" });
  chat.emit("refused", { room: null });
  assert.deepEqual(heard, ["chess-club", "chess", null]);
});

test("a room that is opened later knows the site at once", () => {
  const site = { site: { name: "Chat" }, limits: { body: 10 } };
  const heard = [];
  new RoomChat(new FakeChat(), "a", () => site).on("site", (event) => heard.push(event));
  assert.deepEqual(heard, [site]);
});

test("what is done in a room names the room, and after its end it hears nothing", () => {
  const chat = new FakeChat();
  const room = new RoomChat(chat, "a", () => null);
  const heard = [];
  room.on("message", (event) => heard.push(event));
  room.post("hello", { replyTo: 1 });
  room.end();
  chat.emit("message", { room: "a" });
  assert.deepEqual(chat.calls, [["send", "a", "hello", { replyTo: 1 }], ["leave", "a"]]);
  assert.deepEqual(heard, []);
});

test("a direct room has the name of the others, also when that is another later", () => {
  const chat = new FakeChat();
  const info = { slug: "direct.1", kind: "direct", name: "Ana, Ben" };
  const room = new RoomChat(chat, "direct.1", () => null, "Ben");
  const names = [];
  for (const type of ["joined", "room"]) room.on(type, ({ info: { name } }) => names.push(name));
  chat.emit("joined", { room: "direct.1", info });
  room.name = "Benedict";
  chat.emit("room", { room: "direct.1", info });
  assert.deepEqual(names, ["Ben", "Benedict"]);
});

test("any other room has its own name", () => {
  const chat = new FakeChat();
  const names = [];
  new RoomChat(chat, "a", () => null, "typed").on("room", ({ info }) => names.push(info.name));
  chat.emit("room", { room: "a", info: { kind: "private", name: "Plans" } });
  assert.deepEqual(names, ["Plans"]);
});
