import assert from "node:assert/strict";
import { test } from "node:test";

import { Originals } from "../../../static/chat/page/logic/originals.js";

test("originals are held for the messages that are on the page alone", () => {
  const originals = new Originals();
  originals.note([{ seq: 1 }, { seq: 2 }]);
  originals.trim([{ seq: 3, reply_to: 1 }, { seq: 4 }]);
  assert.deepEqual([...originals.keys()], [1, 2]);
  originals.note([{ seq: 4 }]);
  originals.trim([{ seq: 3, reply_to: 1 }, { seq: 5 }]);
  assert.deepEqual([...originals.keys()], [1]);
});
