import assert from "node:assert/strict";
import { test } from "node:test";

import { textsHandedOver } from "../../../static/chat/page/logic/handover.js";
import { handoverAddress } from "../../../static/chat/page/logic/moving.js";

const OLD = { origin: "http://old.example", pathname: "/rooms/caf%C3%A9/" };
const NEW = "https://new.example";

const arrive = (address, origin = NEW) => {
  const { hash } = new URL(address, origin);
  return textsHandedOver({ origin, hash });
};

test("what is unsent goes to another address as it was typed", () => {
  const texts = ["one\n two", "100 % = <b> & #1 ”é” 👍", "  "];
  const address = handoverAddress(OLD, texts);
  assert.ok(address.startsWith("/rooms/caf%C3%A9/?moved#unsent="));
  assert.deepEqual(arrive(address), texts.slice(0, 2));
});

test("what was handed over to the same address is not taken: it is here", () => {
  assert.deepEqual(arrive(handoverAddress(OLD, ["one"]), OLD.origin), []);
});

test("nothing unsent, nothing handed over", () => {
  assert.equal(handoverAddress(OLD, ["", " "]), "/rooms/caf%C3%A9/?moved");
});

test("a fragment of another kind is no text", () => {
  const quoted = (value) => `#unsent=${encodeURIComponent(JSON.stringify(value))}`;
  const odd = [
    "", "#", "#unsent", "#unsent=", "#unsent=%", "#unsent=null", "#message-7", quoted("one"),
    quoted({ unsent: "one" }), quoted({ unsent: [1, null, {}] }),
  ];
  for (const hash of odd) assert.deepEqual(textsHandedOver({ origin: NEW, hash }), [], hash);
});
