import assert from "node:assert/strict";
import { test } from "node:test";

import { backoffDelay } from "../../../static/chat/client/base/timing.js";
import { ConnectionState } from "../../../static/chat/client/link/states.js";
import { letIn, start, startInLobby } from "../support/server.js";

test("a connection state refuses a move that does not exist", () => {
  const state = new ConnectionState();
  assert.throws(() => state.move("open"), /cannot go from stopped to open/);
  state.move("connecting");
  state.move("open");
  assert.throws(() => state.move("connecting"), /cannot go from open to connecting/);
});

test("the backoff doubles up to 30 seconds, with full jitter", () => {
  const longest = (attempt) => backoffDelay(attempt, () => 1);
  assert.deepEqual([0, 1, 2, 5, 6, 7, 60].map(longest), [
    500, 1000, 2000, 16000, 30000, 30000, 30000,
  ]);
  assert.equal(
    backoffDelay(9, () => 0),
    0,
  );
});

test("the state names the time of the next attempt", () => {
  const { server, clock, events } = startInLobby();
  server.drop();
  const names = events.of("state").map(({ name }) => name);
  assert.deepEqual(names, ["open", "waiting"]);
  assert.equal(events.last("state").retryAt, clock.now() + 250);
  clock.tick(0.25);
  assert.equal(events.last("state").name, "connecting");
});

for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 1013, 4408]) {
  test(`the client reconnects after close code ${code}`, () => {
    const { server, clock } = startInLobby();
    server.drop(code);
    clock.tick(1);
    assert.equal(server.sockets.length, 2);
  });
}

for (const code of [4400, 4401, 4403]) {
  test(`the client stops at close code ${code}, with a reason`, () => {
    const { server, clock, network, events } = startInLobby();
    server.drop(code);
    network.wake();
    clock.tick(120);
    assert.equal(server.sockets.length, 1);
    assert.equal(events.last("state").code, code);
    assert.match(events.last("state").reason, /\.$/);
  });
}

test("after flooding the client waits as long as the server asked", () => {
  const { server, clock, network } = startInLobby();
  server.push({ type: "error", code: "rate_limited", message: "Slow down.", retry_after: 20 });
  server.drop(4429);
  network.wake();
  clock.tick(19);
  assert.equal(server.sockets.length, 1);
  clock.tick(2);
  assert.equal(server.sockets.length, 2);
});

test("after flooding the client waits at least ten seconds", () => {
  const { server, clock } = startInLobby();
  server.drop(4429);
  clock.tick(9.9);
  assert.equal(server.sockets.length, 1);
  clock.tick(1);
  assert.equal(server.sockets.length, 2);
});

test("the client reconnects at once when the network returns", () => {
  const { server, network } = startInLobby();
  server.drop();
  network.wake();
  assert.equal(server.sockets.length, 2);
});

test("the backoff grows with failures and restarts after a steady connection", () => {
  const { server, clock, events } = start();
  const wait = () => {
    const before = clock.now();
    server.drop();
    const { retryAt } = events.last("state");
    clock.tick((retryAt - before) / 1000);
    return retryAt - before;
  };
  assert.deepEqual([wait(), wait(), wait()], [250, 500, 1000]);
  server.accept();
  clock.tick(6);
  assert.equal(wait(), 250);
});

test("servers that restart one after the other are each waited for the shortest time", () => {
  const { server, clock, events } = startInLobby();
  for (let time = 0; time < 4; time += 1) {
    server.drop(1012);
    assert.equal(events.last("state").retryAt - clock.now(), 250);
    clock.tick(0.25);
    letIn(server);
    clock.tick(1);
  }
});

test("a socket that neither opens nor fails is closed", () => {
  const { server, clock } = start();
  const [first] = server.sockets;
  clock.tick(11);
  assert.equal(first.closed, true);
  assert.equal(server.sockets.length, 2);
});

test("two silent heartbeats cause a ping, and no pong a reconnect", () => {
  const { server, clock } = startInLobby();
  clock.tick(49);
  assert.equal(server.commands("ping").length, 0);
  clock.tick(2);
  assert.equal(server.commands("ping").length, 1);
  clock.tick(5);
  assert.equal(server.sockets[0].closed, true);
  clock.tick(1);
  assert.equal(server.sockets.length, 2);
});

test("any event counts as a sign that the connection lives", () => {
  const { server, clock } = startInLobby();
  for (let beat = 0; beat < 10; beat += 1) {
    clock.tick(25);
    server.heads({});
  }
  assert.equal(server.commands("ping").length, 0);
  clock.tick(51);
  server.reply("ping", { type: "pong" });
  clock.tick(20);
  assert.equal(server.sockets.length, 1);
});

test("a command without a reply causes an earlier ping", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "hello");
  clock.tick(14);
  assert.equal(server.commands("ping").length, 0);
  clock.tick(2);
  assert.equal(server.commands("ping").length, 1);
  clock.tick(5);
  assert.equal(server.sockets[0].closed, true);
});

test("a slow reply is waited for while other events are received", () => {
  const { chat, server, clock } = startInLobby();
  chat.send("lobby", "hello");
  clock.tick(16);
  server.push({ type: "pong" });
  clock.tick(48);
  assert.equal(server.commands("ping").length, 1);
  assert.equal(server.sockets.length, 1);
  server.ack(1);
  clock.tick(16);
  assert.equal(server.commands("ping").length, 1);
});

test("a command without a reply by design causes no ping", () => {
  const { chat, server, clock } = startInLobby();
  chat.typing("lobby");
  clock.tick(48);
  assert.equal(server.commands("ping").length, 0);
});

test("a lost network causes a ping at once", () => {
  const { server, clock, network } = startInLobby();
  network.doubt();
  assert.equal(server.commands("ping").length, 1);
  clock.tick(6);
  assert.equal(server.sockets.length, 2);
});

test("events of a closed socket are ignored", () => {
  const { server, clock, network, events } = startInLobby();
  network.doubt();
  clock.tick(5);
  assert.equal(server.sockets[0].onmessage, null);
  assert.equal(events.last("state").name, "waiting");
});

test("a closed chat does not reconnect", () => {
  const { chat, server, clock, network } = startInLobby();
  chat.close();
  network.wake();
  clock.tick(300);
  assert.equal(server.sockets.length, 1);
  assert.equal(server.socket.closed, true);
  assert.equal(chat.state.name, "stopped");
});

test("events and fields from a later version are ignored", () => {
  const { server, events } = startInLobby();
  events.forget();
  server.push({ type: "weather", room: "lobby", sunny: true }, { type: "left", room: "no-room" });
  server.push({ type: "typing", room: "lobby", users: [], mood: "calm" });
  assert.equal(events.of("state").length, 0);
});

test("the client rejoins its rooms after a reconnect", () => {
  const { server, clock, chat } = startInLobby();
  server.drop();
  clock.tick(1);
  assert.equal(chat.snapshot("lobby").state, "out");
  letIn(server);
  assert.equal(chat.snapshot("lobby").state, "in");
});
