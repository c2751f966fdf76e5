import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { parseText } from "../../../static/chat/page/dialect/parse.js";
import { plainText } from "../../../static/chat/page/dialect/plain.js";

const corpus = new URL("../../rules/dialect.json", import.meta.url);
const { cases, hostile } = JSON.parse(readFileSync(corpus, "utf8"));
// 2 ms where nothing else runs and the code is compiled; a busy machine takes many times that.
const LIMIT_MS = 60;

test("every text of the corpus has its tree", () => {
  assert.ok(cases.length >= 120);
  for (const { name, text, tree } of cases) assert.deepEqual(parseText(text), tree, name);
});

test("every text of the corpus has its plain text", () => {
  for (const { name, tree, plain } of cases) assert.equal(plainText(tree), plain, name);
});

test("no text takes more time than its length", () => {
  for (const pieces of hostile) {
    const text = pieces.map(([piece, count]) => piece.repeat(count)).join("");
    assert.ok(bestTime(() => plainText(parseText(text))) < LIMIT_MS, JSON.stringify(pieces));
  }
});

function bestTime(run) {
  const times = Array.from({ length: 10 }, () => {
    const before = process.cpuUsage();
    run();
    return process.cpuUsage(before).user / 1000;
  });
  return Math.min(...times);
}
