import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { translate, translateParts } from "../../../static/chat/page/logic/translate.js";
import { FRONT_WORDS } from "../../../static/chat/page/frontwords.js";
import { LATER_WORDS } from "../../../static/chat/page/laterwords.js";
import { ROOM_WORDS } from "../../../static/chat/page/rooms/words.js";
import { WORDS } from "../../../static/chat/page/words.js";

const FOLDER = new URL("../../../static/chat/page/", import.meta.url);
const LOCALE = new URL("../../../locale/", import.meta.url);
// English for developers, as is all that Swagger UI says; and a script that reads its words from
// the page.
const OTHERS = [
  "words.js", "frontwords.js", "laterwords.js", "rooms/words.js",
  "api.js", "early.js", "fallback.js", "plainchat.js", "admin.js",
];
const CALL = /\btranslate(?:Parts)?\(([^,()]*)(?:, \{ ([^}]*)\})?/g;
const TEXT = /"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;
const SENTENCE = /\p{L}{2,} \p{Ll}|^\p{Lu}\p{Ll}+\b/u;
// What browsers are asked for; so are scripts of Unicode.
const KEYS = ["Enter", "Escape", "Tab", "noopener nofollow", "Bearer ${token}", "Content-Type"];
const isScript = (name) => {
  try {
    return Boolean(new RegExp(`\\p{Script=${name}}`, "u"));
  } catch {
    return false;
  }
};

const files = readdirSync(FOLDER, { recursive: true }).filter((path) => path.endsWith(".js"));
const codeOf = (path) => readFileSync(new URL(path, FOLDER), "utf8").replace(/^\s*(\/?\*|\/\/).*$/gm, "");
const sources = files.filter((path) => !OTHERS.includes(path)).map((path) => [path, codeOf(path)]);
const calls = sources.flatMap(([path, code]) => [...code.matchAll(CALL)].map((call) => [path, ...call]));
const formsOf = (words) => (typeof words === "string" ? [words] : Object.values(words));
const placesOf = (form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

test("words of one page, or of scripts that are loaded later, are in no other script's table", () => {
  const source = codeOf("words.js");
  for (const key of [FRONT_WORDS, LATER_WORDS, ROOM_WORDS].flatMap(Object.keys)) assert.ok(!source.includes(`  ${key}:`), key);
});

test("every key is used", () => {
  const code = sources.map(([, source]) => source).join("\n");
  for (const key of Object.keys(WORDS)) assert.ok(code.includes(`"${key}"`), key);
});

test("every key that is used is there", () => {
  for (const [path, , key] of calls) {
    for (const [, name] of key.matchAll(/"(\w+)"/g)) assert.ok(name in WORDS, `${path}: ${name}`);
  }
  assert.ok(calls.length > 20);
});

test("the places of a sentence are filled where it is used", () => {
  for (const [path, , key, values = ""] of calls) {
    const given = values.split(",").map((value) => value.split(":")[0].trim());
    for (const [, name] of key.matchAll(/"(\w+)"/g)) {
      for (const form of formsOf(WORDS[name])) {
        for (const place of placesOf(form)) assert.ok(given.includes(place), `${path}: ${name}`);
      }
      if (typeof WORDS[name] !== "string") assert.ok(given.includes("count"), `${path}: ${name}`);
    }
  }
});

test("sentences have no colon, and end or are a few words", () => {
  for (const [key, words] of Object.entries(WORDS)) {
    for (const form of formsOf(words)) {
      assert.doesNotMatch(form, /[:;!]/, key);
      if (form.includes(". ")) assert.match(form, /\.$/, key);
    }
  }
});

test("another language has the keys and places of English", () => {
  const languages = readdirSync(LOCALE, { recursive: true }).filter((path) => path.endsWith("page.json"));
  for (const path of languages) {
    const translated = JSON.parse(readFileSync(new URL(path, LOCALE), "utf8"));
    assert.deepEqual(Object.keys(translated).sort(), Object.keys(WORDS).sort(), path);
    for (const [key, words] of Object.entries(translated)) {
      const known = new Set(["count", ...formsOf(WORDS[key]).flatMap(placesOf)]);
      for (const place of formsOf(words).flatMap(placesOf)) assert.ok(known.has(place), `${path}: ${key}`);
    }
  }
});

test("no script has words of its own", () => {
  for (const [path, code] of sources) {
    for (const [, quoted, template] of code.matchAll(TEXT)) {
      const text = quoted ?? template;
      const isWords = SENTENCE.test(text) && !KEYS.includes(text) && !isScript(text);
      assert.ok(!isWords, `${path}: ${text}`);
    }
  }
});

test("a count decides the form", () => {
  assert.equal(translate("newMessages", { count: 1 }), "1 new message");
  assert.equal(translate("newMessages", { count: 2 }), "2 new messages");
});

test("values keep their place, also where they are lists", () => {
  const names = [{ name: "Ana" }, " and ", { name: "Ion" }];
  assert.deepEqual(translateParts("typing", { count: 2, names }), [...names, " are typing"]);
});

test("the page's language decides words and plurals, and English fills in", async () => {
  const polish = {
    newMessages: { one: "{count} wiadomość", few: "{count} wiadomości", other: "{count} wiadomości…" },
    typing: { one: "Pisze {names}", other: "Piszą {names}" },
  };
  globalThis.document = {
    documentElement: { lang: "pl" },
    getElementById: (id) => (id === "words" ? { textContent: JSON.stringify(polish) } : null),
  };
  const path = "../../../static/chat/page/logic/translate.js?polish";
  const { translate: inPolish } = await import(path);
  delete globalThis.document;
  assert.equal(inPolish("newMessages", { count: 2 }), "2 wiadomości");
  assert.equal(inPolish("newMessages", { count: 5 }), "5 wiadomości…");
  assert.equal(inPolish("typing", { count: 1, names: "Ana" }), "Pisze Ana");
  assert.equal(inPolish("today"), "Today");
});
