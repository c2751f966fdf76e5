import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../../static/chat/client.js";
import { MemoryStorage } from "../../../static/chat/client/base/storage.js";
import { FakeClock } from "../support/clock.js";
import { ANA, FakeServer, letIn, MEMBER } from "../support/server.js";

const SHOP = "http://shop.example";
const PLACES = [
  ["other websites", ["ws://one.test/ws/", "ws://two.test/ws/"]],
  ["its own website", ["ws://shop.example/one/ws/", "ws://shop.example/two/ws/"]],
];

/** Runs `page` as a website's script, with the storage of its tab and of its browser. */
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

function enterLobby(address, user) {
  const { server, chat } = open(address, { name: user.name, room: "lobby" });
  letIn(server, user);
  return chat;
}

const waiting = (chat) => chat.snapshot().outbox.map(({ body }) => body);

for (const [where, [one, two]] of PLACES) {
  for (const user of [ANA, MEMBER]) {
    test(`an unsent message of a ${user.kind} stays with its chat, on ${where}`, () => {
      inPage(() => {
        enterLobby(one, user).send("only here");
        assert.deepEqual(waiting(enterLobby(two, user)), []);
        assert.deepEqual(waiting(enterLobby(one, user)), ["only here"]);
      });
    });
  }

  test(`each of two chats on ${where} has an identity of its own`, () => {
    inPage(() => {
      enterLobby(one, ANA);
      const other = open(two, { name: "Ben" });
      other.server.accept();
      assert.equal(other.server.last("hello").token, undefined);
      const again = open(one, {});
      again.server.accept();
      assert.equal(again.server.last("hello").token, "token-of-p-ana");
    });
  });

  test(`each of two chats on ${where} remembers its own transport`, () => {
    inPage((session) => {
      session.setItem(`${one} chat:transport`, JSON.stringify("poll"));
      const fetch = () => new Promise(() => {});
      const sockets = [one, two].map((address) => open(address, { fetch }).server.sockets.length);
      assert.deepEqual(sockets, [0, 1]);
    });
  });

  test(`all storage keys of a chat on ${where} begin with its address`, () => {
    inPage((session, local) => {
      for (const user of [ANA, MEMBER]) enterLobby(one, user).send("hello");
      const kept = [session, local].flatMap((storage) =>
        Array.from({ length: storage.length }, (_, index) => storage.key(index)),
      );
      assert.equal(kept.length, 4);
      for (const key of kept) assert.ok(key.startsWith(`${one} chat:`), key);
    });
  });
}

test("the chat's own website stores the guest without a prefix", () => {
  inPage((session) => {
    enterLobby("ws://shop.example/ws/", ANA);
    assert.equal(JSON.parse(session.getItem("chat:guest")).token, "token-of-p-ana");
  });
});
