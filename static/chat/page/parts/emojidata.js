import { choosableEmoji } from "../logic/emoji.js";
import { part } from "./dom.js";

let loading = null;

/**
 * Resolves with all emoji, `{emoji, annotation, shortcodes, tags, group, skins}`, in the order of
 * Unicode (static/vendor/, 70 KB on the line: they are loaded when they are needed first); with none
 * where they cannot be loaded now.
 */
export async function loadEmoji() {
  loading ??= fetch(part("picker").dataset.emoji).then(async (response) => choosableEmoji(await response.json()));
  try {
    return await loading;
  } catch {
    loading = null;
    return [];
  }
}
