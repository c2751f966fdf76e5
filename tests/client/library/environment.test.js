import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { systemEnvironment } from "../../../static/chat/client/base/environment.js";

let signalled = [];
let end = () => {};

describe("the signals of a page", () => {
  beforeEach(() => {
    globalThis.window = new EventTarget();
    globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    const { signals } = systemEnvironment();
    signalled = [];
    end = signals({ wake: () => signalled.push("wake"), doubt: () => signalled.push("doubt") });
  });

  afterEach(() => {
    delete globalThis.window;
    delete globalThis.document;
  });

  const happens = (target, type, about = {}) => target.dispatchEvent(Object.assign(new Event(type), about));

  for (const [what, cause, expected] of [
    ["a network that returns", () => happens(window, "online"), ["wake"]],
    ["a network that is lost", () => happens(window, "offline"), ["doubt"]],
    ["a person who returns", () => happens(document, "visibilitychange"), ["wake"]],
    ["a page from the back/forward cache", () => happens(window, "pageshow", { persisted: true }), ["wake"]],
    ["a page that was loaded", () => happens(window, "pageshow", { persisted: false }), []],
  ]) {
    test(`${what} signals ${expected[0] ?? "nothing"}, and nothing once stopped`, () => {
      cause();
      assert.deepEqual(signalled, expected);
      end();
      cause();
      assert.deepEqual(signalled, expected);
    });
  }

  test("a page that becomes hidden signals nothing", () => {
    document.visibilityState = "hidden";
    happens(document, "visibilitychange");
    assert.deepEqual(signalled, []);
  });

  test("a program without a page has no signals", () => {
    delete globalThis.document;
    assert.equal(typeof systemEnvironment().signals({}), "function");
  });
});
