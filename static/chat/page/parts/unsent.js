import { part } from "./dom.js";

/** Shows what was typed and not sent, where it cannot be any more, in an element; nothing without words. */
export function showUnsent(texts, element) {
  const paragraphs = texts.filter((text) => text.trim()).map((text) => {
    const paragraph = document.createElement("p");
    paragraph.dir = "auto";
    paragraph.textContent = text;
    return paragraph;
  });
  part("unsent", element).hidden = paragraphs.length === 0;
  part("unsent-texts", element).replaceChildren(...paragraphs);
}
