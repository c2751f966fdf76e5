import assert from "node:assert/strict";
import { test } from "node:test";

import { permalinkTo, seqOfPermalink } from "../../../static/chat/page/logic/permalinks.js";

const HERE = { origin: "https://chat.example", pathname: "/rooms/lobby/" };

test("a link to a message is read as it was written", () => {
  assert.equal(permalinkTo(7, HERE), "https://chat.example/rooms/lobby/?at=7");
  assert.equal(seqOfPermalink(permalinkTo(7, HERE), HERE), 7);
});

test("other addresses are no links to a message of this room", () => {
  const others = [
    "https://chat.example/rooms/lobby/",
    "https://chat.example/rooms/other/?at=7",
    "https://other.example/rooms/lobby/?at=7",
    "https://chat.example/rooms/lobby/?at=0",
    "https://chat.example/rooms/lobby/?at=-7",
    "https://chat.example/rooms/lobby/?at=seven",
    `https://chat.example/rooms/lobby/?at=${"9".repeat(20)}`,
  ];
  for (const address of others) assert.equal(seqOfPermalink(address, HERE), null, address);
});
