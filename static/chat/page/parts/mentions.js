import { findMentions } from "../logic/mentions.js";

const NOT_IN = "code, pre, a";

/**
 * Tints the names of those whom a message mentions, in its body as it is shown.
 *
 * @param {Element} body
 * @param {{mentions?: object[], mentions_all?: string}} message
 * @param {string} me the id of this person, who is tinted more
 */
export function tintMentions(body, message, me) {
  if (!message.mentions?.length && !message.mentions_all) return;
  for (const node of textsIn(body)) tintIn(node, findMentions(node.data, message, me));
}

function textsIn(body) {
  const walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) found.push(walk.currentNode);
  return found.filter((node) => !node.parentElement.closest(NOT_IN));
}

function tintIn(node, places) {
  for (const { index, text, isMe } of places.reverse()) {
    const rest = node.splitText(index);
    rest.splitText(text.length);
    const mention = document.createElement("span");
    mention.className = "mention";
    mention.classList.toggle("of-me", isMe);
    rest.replaceWith(mention);
    mention.append(rest);
  }
}
