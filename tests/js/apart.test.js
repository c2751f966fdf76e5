import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../static/chat/client.js";
import { MemoryStorage } from "../../static/chat/client/storage.js";
import { FakeClock } from "./support/clock.js";
import { ANA, FakeServer, letIn, MEMBER } from "./support/server.js";

const SHOP = "http://shop.example";
const PLACES = [
  ["other websites", ["ws://one.test/ws/", "ws://two.test/ws/"]],
  ["its own website", ["ws://shop.example/one/ws/", "ws://shop.example/two/ws/"]],
];

/** Runs `page` as that of a website, with the storage of its tab and of its browser. */
function inPage(page) {
  const [sessionStorage, localStorage] = [new MemoryStorage(), new MemoryStorage()];
  Object.assign(globalThis, { document: {}, sessionStorage, localStorage });
  try {
    page(sessionStorage, localStorage);
  } finally {
    for (const name of ["document", "sessionStorage", "localStorage"]) delete globalThis[name];
  }
}

function open(address, options) {
  const server = new FakeServer();
  const { WebSocket } = server;
  const parts = { WebSocket, clock: new FakeClock(), signals: () => () => {}, pageOrigin: SHOP };
  return { server, chat: connect(address, { fetch: null, ...parts, ...options }) };
}

function arrive(address, user) {
  const { server, chat } = open(address, { name: user.name, room: "lobby" });
  letIn(server, user);
  return chat;
}

const waiting = (chat) => chat.snapshot().outbox.map(({ body }) => body);

for (const [where, [one, two]] of PLACES) {
  for (const user of [ANA, MEMBER]) {
    test(`what a ${user.kind} has on the way to one of two chats on ${where} goes to that one`, () => {
      inPage(() => {
        arrive(one, user).send("only here");
        assert.deepEqual(waiting(arrive(two, user)), []);
        assert.deepEqual(waiting(arrive(one, user)), ["only here"]);
      });
    });
  }

  test(`one is somebody else in each of two chats on ${where}`, () => {
    inPage(() => {
      arrive(one, ANA);
      const other = open(two, { name: "Ben" });
      other.server.accept();
      assert.equal(other.server.last("hello").token, undefined);
      const again = open(one, {});
      again.server.accept();
      assert.equal(again.server.last("hello").token, "token-of-p-ana");
    });
  });

  test(`the way that works to one of two chats on ${where} says nothing of the other`, () => {
    inPage((session) => {
      session.setItem(`${one} chat:transport`, JSON.stringify("poll"));
      const fetch = () => new Promise(() => {});
      const sockets = [one, two].map((address) => open(address, { fetch }).server.sockets.length);
      assert.deepEqual(sockets, [0, 1]);
    });
  });

  test(`all that is kept of a chat on ${where} is kept under its address`, () => {
    inPage((session, local) => {
      for (const user of [ANA, MEMBER]) arrive(one, user).send("hello");
      const kept = [session, local].flatMap((storage) =>
        Array.from({ length: storage.length }, (_, index) => storage.key(index)),
      );
      assert.equal(kept.length, 4);
      for (const key of kept) assert.ok(key.startsWith(`${one} chat:`), key);
    });
  });
}

test("a page of the chat's own website is who one is in the chat", () => {
  inPage((session) => {
    arrive("ws://shop.example/ws/", ANA);
    assert.equal(JSON.parse(session.getItem("chat:guest")).token, "token-of-p-ana");
  });
});
