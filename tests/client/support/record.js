/**
 * Loaded before the tests (`node --import`): writes what went over their sockets, one JSON object
 * a line, `{sent}` or `{received}`, into the folder that RECORD names.
 */
import { writeFileSync } from "node:fs";
import { FakeServer } from "./server.js";

const servers = new Set();
const lines = [];
const { push } = FakeServer.prototype;

FakeServer.prototype.push = function (...events) {
  servers.add(this);
  lines.push(...events.map((received) => JSON.stringify({ received })));
  return push.apply(this, events);
};

process.on("exit", () => {
  for (const { sockets } of servers) {
    for (const { sent } of sockets) lines.push(...sent.map((each) => JSON.stringify({ sent: each })));
  }
  if (lines.length > 0) writeFileSync(`${process.env.RECORD}/${process.pid}.jsonl`, lines.join("\n"));
});
