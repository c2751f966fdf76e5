const NOT_IN = "code, pre, a";
const SIGNS = /[.*+?^${}()|[\]\\]/g;

/**
 * Tints the names of those whom a message mentions, in its body as it is shown.
 *
 * @param {Element} body
 * @param {{mentions?: object[], mentions_all?: string}} message
 * @param {string} me the id of this person, who is tinted more
 */
export function tintMentions(body, { mentions = [], mentions_all }, me) {
  const names = [...mentions.map(({ name }) => name), ...(mentions_all ? [mentions_all] : [])];
  if (names.length === 0) return;
  const own = new Set(mentions.filter(({ id }) => id === me).map(({ name }) => name.toLowerCase()));
  if (mentions_all) own.add(mentions_all);
  const longestFirst = names.sort((a, b) => b.length - a.length).map((name) => name.replace(SIGNS, "\\$&"));
  const pattern = new RegExp(`@(?:${longestFirst.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  for (const node of textsIn(body)) tintIn(node, pattern, own);
}

function textsIn(body) {
  const walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) found.push(walk.currentNode);
  return found.filter((node) => !node.parentElement.closest(NOT_IN));
}

function tintIn(node, pattern, own) {
  const matches = [...node.data.matchAll(pattern)].reverse();
  for (const { 0: text, index } of matches) {
    const rest = node.splitText(index);
    rest.splitText(text.length);
    const mention = document.createElement("span");
    mention.className = "mention";
    mention.classList.toggle("of-me", own.has(text.slice(1).toLowerCase()));
    rest.replaceWith(mention);
    mention.append(rest);
  }
}
