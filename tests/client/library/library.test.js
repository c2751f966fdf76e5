import assert from "node:assert/strict";
import { test } from "node:test";

import { apiAt, socketAt } from "../../../static/chat/client/base/address.js";
import { Permission } from "../../../static/chat/client/permission.js";
import { MemoryStorage, storageFor } from "../../../static/chat/client/base/storage.js";
import { connect } from "../../../static/chat/client.js";
import { FakeClock } from "../support/clock.js";
import { FakeServer, start, startInLobby, storages } from "../support/server.js";

const FOREIGN = { pageOrigin: "http://shop.example" };
const REASON = "Name http://shop.example under Allowed origins.";

/** Returns a fetch with this response about a page's permission, and the requests to it. */
function permissionApi(response) {
  const requests = [];
  const fetch = async (address) => {
    // The browser blocks all other responses for a page that is not allowed.
    if (!address.endsWith("/origin")) throw new TypeError("Failed to fetch");
    requests.push(address);
    if (response instanceof Error) throw response;
    return { json: async () => response };
  };
  return { fetch, requests };
}

/** Resolves when everything that waits for a promise has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

for (const [address, socket] of [
  ["https://chat.example.org", "wss://chat.example.org/ws/"],
  ["https://chat.example.org/", "wss://chat.example.org/ws/"],
  ["http://localhost:8000", "ws://localhost:8000/ws/"],
  ["https://example.org/chat", "wss://example.org/chat/ws/"],
  ["https://example.org/chat/", "wss://example.org/chat/ws/"],
  ["wss://example.org/chat/ws/", "wss://example.org/chat/ws/"],
  ["ws://[::1]:8000/ws", "ws://[::1]:8000/ws/"],
  [new URL("https://chat.example.org"), "wss://chat.example.org/ws/"],
]) {
  test(`the socket of ${address} is ${socket}`, () => {
    assert.equal(socketAt(address), socket);
  });
}

for (const address of [
  ...["", "chat.example.org", "localhost:8000", "//chat.example.org", "ftp://chat.example.org"],
  ...["https://", "https://ana:secret@chat.example.org", "https://chat.example.org/?a=b"],
  ...["https://chat.example.org/#lobby", "file:///tmp/client.js", null, 5],
]) {
  test(`the address ${address} is refused with an example`, () => {
    assert.throws(
      () => connect(address, {}),
      ({ name, code, message: words }) =>
        name === "ChatError" && code === "bad_address" && words.includes("https://"),
    );
  });
}

test("the HTTP API is beside the socket", () => {
  assert.equal(apiAt("wss://example.org/chat/ws/"), "https://example.org/chat/api/v1/");
  assert.equal(apiAt("ws://localhost:8000/ws/"), "http://localhost:8000/api/v1/");
});

test("without an address the site is the one that served the library", () => {
  const home = "https://example.org/chat/client.js?v=123";
  assert.equal(socketAt(undefined, { home }), "wss://example.org/chat/ws/");
  for (const nowhere of [null, "file:///tmp/client.js"]) {
    assert.throws(() => socketAt(undefined, { home: nowhere }), /Which chat\?/);
  }
});

test("a page on https refuses a chat on http, except on localhost", () => {
  const page = "https://shop.example";
  assert.throws(() => socketAt("http://chat.example.org", { page }), /https:\/\//);
  assert.equal(socketAt("http://localhost:8000", { page }), "ws://localhost:8000/ws/");
});

test("an unknown option is refused with the list of options", () => {
  const wrong = () => connect("https://chat.example.org", { nick: "Ana" });
  assert.throws(wrong, /no “nick”; it takes name, token, room, signedIn/);
});

test("an unknown event is refused with the list of events", () => {
  const { chat } = start();
  assert.throws(() => chat.on("mesage", () => {}), /no event “mesage”; there are state, .*message/);
});

test("methods without a room mean the one given to connect", async () => {
  const { chat, server } = startInLobby();
  chat.join("chess");
  const sent = chat.send("hello");
  assert.equal(server.last("send").room, "lobby");
  server.ack(1);
  assert.equal((await sent).seq, 1);
  chat.typing();
  assert.equal(server.last("typing").room, "lobby");
  assert.equal(chat.snapshot().slug, "lobby");
  assert.equal((await chat.join()).slug, "lobby");
  chat.leave();
  assert.equal(server.last("leave").room, "lobby");
});

test("retry and discard work without a room", async () => {
  const { chat, server } = startInLobby();
  const refused = chat.send("too long");
  server.refuse("send", "too_long");
  await assert.rejects(refused, { code: "too_long" });
  const [{ id }] = chat.snapshot().outbox;
  chat.retry(id);
  assert.equal(server.commands("send").length, 2);
  server.refuse("send", "too_long");
  chat.discard(id);
  assert.deepEqual(chat.snapshot().outbox, []);
});

test("without any room a method asks which", () => {
  const { chat } = start();
  assert.throws(() => chat.send("hello"), /Which room\?/);
  assert.throws(() => chat.join(), /Which room\?/);
  assert.throws(() => chat.send("chess", "hello"), /chess was never joined/);
});

test("a page whose website is not allowed stops with that reason", async () => {
  const { fetch, requests } = permissionApi({ allowed: false, reason: REASON });
  const { chat, server, clock, events } = start({ room: "lobby", fetch, ...FOREIGN });
  const joining = chat.join();
  server.drop();
  await settled();
  assert.deepEqual(requests, ["http://chat.test/api/v1/origin"]);
  assert.deepEqual(chat.state, { name: "stopped", code: "forbidden", reason: REASON });
  assert.equal(events.last("refused").error.message, REASON);
  await assert.rejects(joining, { code: "forbidden", message: REASON });
  clock.tick(60);
  assert.equal(server.sockets.length, 1);
});

test("an allowed page reconnects when its server is down", async () => {
  for (const response of [{ allowed: true }, new TypeError("Failed to fetch"), {}]) {
    const { chat, server, clock } = start({ fetch: permissionApi(response).fetch, ...FOREIGN });
    server.drop();
    await settled();
    assert.equal(chat.state.name, "waiting");
    clock.tick(1);
    assert.equal(server.sockets.length, 2);
  }
});

test("the site's own page and a program ask for no permission", async () => {
  for (const pageOrigin of ["http://chat.test", undefined]) {
    const { fetch, requests } = permissionApi({ allowed: false, reason: REASON });
    const { chat, server } = start({ fetch, pageOrigin });
    server.drop();
    await settled();
    assert.equal(chat.state.name, "waiting");
    assert.deepEqual(requests, []);
  }
});

test("permission is requested once at a time, with a timeout", async () => {
  const requests = [];
  const fetch = (address, { signal }) =>
    new Promise((resolve, reject) => {
      requests.push(address);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const clock = new FakeClock();
  const permission = new Permission({ fetch, clock, ...FOREIGN }, "http://chat.test/api/v1/");
  const first = permission.refusalOfOrigin();
  clock.tick(9);
  assert.equal(await permission.refusalOfOrigin(), null);
  assert.equal(requests.length, 1);
  clock.tick(1);
  assert.equal(await first, null);
  permission.refusalOfOrigin();
  assert.equal(requests.length, 2);
});

test("a lost connection requests no permission", async () => {
  const { fetch, requests } = permissionApi({ allowed: false, reason: REASON });
  const { chat, server } = startInLobby({ fetch, ...FOREIGN });
  server.drop();
  await settled();
  assert.deepEqual(requests, []);
  assert.equal(chat.state.name, "waiting");
});

test("a stored guest unknown to the server is replaced by a new one", () => {
  const { storage } = startInLobby();
  const { server, clock } = start({ storage, name: "Ana" });
  server.accept();
  assert.equal(server.last("hello").token, "token-of-p-ana");
  server.refuse("hello", "unauthorized");
  clock.tick(1);
  server.accept();
  const { id, ...hello } = server.last("hello");
  assert.deepEqual(hello, { type: "hello", name: "Ana" });
});

test("an unknown token given as an option is refused", () => {
  const { chat, server } = start({ token: "made-up", name: "Ana" });
  server.accept();
  server.refuse("hello", "unauthorized");
  assert.equal(chat.state.name, "stopped");
});

test("a hello without a token that is refused stops the client", () => {
  const { chat, server, clock, events } = start({ name: "Ana", room: "lobby" });
  server.accept();
  server.refuse("hello", "unauthorized");
  assert.equal(chat.state.name, "stopped");
  assert.equal(events.last("refused").error.code, "unauthorized");
  clock.tick(60);
  assert.equal(server.sockets.length, 1);
});

test("the storages of two chats are separate", () => {
  const tab = storages();
  const one = storageFor("wss://one.example/ws/", tab).session;
  const two = storageFor("wss://two.example/ws/", tab).session;
  one.setItem("guest", "ana");
  two.setItem("guest", "ben");
  two.setItem("name", "Ben");
  assert.equal(one.getItem("guest"), "ana");
  assert.deepEqual([one.length, one.key(0), one.key(1)], [1, "guest", null]);
  one.removeItem("guest");
  assert.equal(one.getItem("guest"), null);
  assert.equal(two.getItem("guest"), "ben");
});

test("a page of another website stores everything with a prefix", () => {
  const kept = new MemoryStorage();
  globalThis.document = {};
  globalThis.sessionStorage = globalThis.localStorage = kept;
  try {
    const server = new FakeServer();
    const chat = connect("ws://chat.test/ws/", { WebSocket: server.WebSocket, ...FOREIGN });
    server.accept();
    server.welcome();
    chat.close();
  } finally {
    for (const name of ["document", "sessionStorage", "localStorage"]) delete globalThis[name];
  }
  const keys = Array.from({ length: kept.length }, (_, index) => kept.key(index));
  assert.ok(keys.length > 0);
  for (const key of keys) assert.ok(key.startsWith("ws://chat.test/ws/ "), key);
});
