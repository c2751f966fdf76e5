import { isEmojiOnly } from "../logic/text.js";
import { part } from "../parts/dom.js";
import { showFormatted } from "../parts/formatted.js";
import { showText } from "../parts/text.js";

/** Shows what a message says; as it was typed where its `format` is "plain". */
export function showBody(element, text, format = "") {
  const body = part("body", element);
  if (body.dataset.text === text && body.dataset.format === format) return;
  Object.assign(body.dataset, { text, format });
  body.classList.toggle("large", isEmojiOnly(text));
  if (format === "plain") showText(body, text);
  else showFormatted(body, text);
}
