import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { systemEnvironment } from "../../static/chat/client/environment.js";

let told = [];
let end = () => {};

beforeEach(() => {
  globalThis.window = new EventTarget();
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const { signals } = systemEnvironment();
  told = [];
  end = signals({ wake: () => told.push("wake"), doubt: () => told.push("doubt") });
});

afterEach(() => {
  delete globalThis.window;
  delete globalThis.document;
});

const happens = (target, type, about = {}) => target.dispatchEvent(Object.assign(new Event(type), about));

for (const [what, cause, expected] of [
  ["a network that comes back", () => happens(window, "online"), ["wake"]],
  ["a network that goes", () => happens(window, "offline"), ["doubt"]],
  ["a person who comes back", () => happens(document, "visibilitychange"), ["wake"]],
  ["a page that is gone back to", () => happens(window, "pageshow", { persisted: true }), ["wake"]],
  ["a page that was only just loaded", () => happens(window, "pageshow", { persisted: false }), []],
]) {
  test(`${what} is told as ${expected[0] ?? "nothing"}, and not after the end`, () => {
    cause();
    assert.deepEqual(told, expected);
    end();
    cause();
    assert.deepEqual(told, expected);
  });
}

test("a page that one leaves is no reason to connect", () => {
  document.visibilityState = "hidden";
  happens(document, "visibilitychange");
  assert.deepEqual(told, []);
});

test("where there is no page, as in a program, there is nothing to be told of", () => {
  delete globalThis.document;
  assert.equal(typeof systemEnvironment().signals({}), "function");
});
