import { hasWord } from "../logic/completion.js";

// Nothing that ends the visit: a key pressed too early would.
const OFFERS = [".rooms-search", ".rooms-new", ".menu .text-button[type=button]"].join();

/**
 * Returns what the menus of the page offer now, where a word of it begins with some letters, as options
 * of the completion (parts/completion.js).
 */
export function findCommands(letters) {
  const offers = [...document.querySelectorAll(OFFERS)].filter((each) => !each.closest("[hidden]"));
  return offers
    .map((button) => ({ nodes: [button.textContent.trim()], run: () => button.click() }))
    .filter(({ nodes: [words] }) => hasWord(words, letters));
}
