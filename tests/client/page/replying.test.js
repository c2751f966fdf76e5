import { before, test } from "node:test";
import assert from "node:assert/strict";

import { MemoryStorage } from "../../../static/chat/client/base/storage.js";

let Replying;

// Without a document there is nothing to show; the parts are found in it later.
before(async () => {
  globalThis.document = { getElementById: () => null, documentElement: {} };
  ({ Replying } = await import("../../../static/chat/page/parts/replying.js"));
  delete globalThis.document;
});

/** Returns what replies in a room, as after a reload; `chat.get` resolves once `answer()` is called. */
function replying({ seq, epoch = "e" }) {
  const storage = new MemoryStorage();
  storage.setItem("chat:reply/r", JSON.stringify({ seq, epoch }));
  const listeners = {};
  const shown = {};
  const element = { addEventListener: () => {}, set hidden(isHidden) { shown.reply = !isHidden; } };
  let answer;
  const chat = {
    on: (type, listener) => {
      listeners[type] = listener;
      return () => {};
    },
    snapshot: () => ({ info: { epoch: "e" } }),
    get: () => new Promise((resolve) => (answer = () => resolve([{ seq, author: { name: "Ben" }, body: "one", deleted: true }]))),
  };
  const made = new Replying({ chat, part: () => element }, storage, "r");
  return { replying: made, shown, join: () => listeners.joined({ info: { id: "r" } }), answer: () => answer() };
}

test("what is sent before its original is loaded after a reload is the reply", () => {
  const { replying: own } = replying({ seq: 7 });
  assert.deepEqual(own.take(), { replyTo: 7 });
  assert.deepEqual(own.take(), {});
});

test("an original that is loaded after its reply was sent is not shown", async () => {
  const { replying: own, shown, join, answer } = replying({ seq: 7 });
  join();
  own.take();
  answer();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(shown.reply, false);
  assert.deepEqual(own.take(), {});
});
