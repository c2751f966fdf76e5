import { WORDS } from "../words.js";

const PLACE = /\{(\w+)\}/;
const page = globalThis.document;
const plurals = new Intl.PluralRules(page?.documentElement.lang || "en");
// In another language than English the server writes its words into the page.
const translated = JSON.parse(page?.getElementById("words")?.textContent ?? "{}");

/** Adds words in English, of scripts that are loaded later. */
export function addWords(words) {
  Object.assign(WORDS, words);
}

/** Returns the words of a key in the page's language, with `values` in the places of their names. */
export function translate(key, values) {
  return translateParts(key, values).join("");
}

/**
 * Returns the words of a key in parts, see `showWords`: a value may be a `{name, kind}`, or a list
 * of parts. A `count` decides between the forms of a key that has several.
 */
export function translateParts(key, values = {}) {
  const words = translated[key] ?? WORDS[key];
  const form = typeof words === "string" ? words : words[plurals.select(values.count)] ?? words.other;
  const parts = form.split(PLACE).flatMap((part, index) => (index % 2 === 1 ? values[part] : part));
  return parts.filter((part) => part !== "");
}
