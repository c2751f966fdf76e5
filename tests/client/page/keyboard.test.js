import assert from "node:assert/strict";
import { test } from "node:test";

import { ScreenKeyboard } from "../../../static/chat/page/logic/keyboard.js";

const isShown = (...heights) => {
  const keyboard = new ScreenKeyboard();
  for (const [width, height] of heights) keyboard.note({ width, height });
  return keyboard.isShown;
};

test("a keyboard on the screen takes a good part of it", () => {
  assert.ok(isShown([390, 700], [390, 390]));
  assert.ok(isShown([1024, 1290], [1024, 900]));
  assert.ok(!isShown([390, 700], [390, 390], [390, 690]));
});

test("bars of a browser, and of a tablet with a real keyboard, are none", () => {
  assert.ok(!isShown([360, 740], [360, 684]));
  assert.ok(!isShown([1180, 750], [1180, 681]));
});

test("a screen that is turned has another height", () => {
  assert.ok(!isShown([390, 700], [700, 340]));
  assert.ok(isShown([390, 700], [700, 340], [700, 160]));
});
