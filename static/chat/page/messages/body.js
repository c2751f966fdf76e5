import { isEmojiOnly } from "../logic/text.js";
import { part } from "../parts/dom.js";
import { showFormatted } from "../parts/formatted.js";
import { tintMentions } from "../parts/mentions.js";
import { showText } from "../parts/text.js";

/**
 * Shows what a message says; as it was typed where its `format` is "plain".
 *
 * @param {Element} element
 * @param {string} text
 * @param {{format?: string, mentions?: object[], mentions_all?: string}} message
 * @param {string} [me] the id of this person
 */
export function showBody(element, text, { format = "", mentions = [], mentions_all = "" }, me) {
  const body = part("body", element);
  const meant = [...mentions.map(({ name, was = name }) => `${name}\n${was}`), mentions_all].join("\n");
  if (body.dataset.text === text && body.dataset.format === format && body.dataset.meant === meant) return;
  Object.assign(body.dataset, { text, format, meant });
  body.classList.toggle("large", isEmojiOnly(text));
  if (format === "plain") showText(body, text);
  else showFormatted(body, text);
  tintMentions(body, { mentions, mentions_all }, me);
}
