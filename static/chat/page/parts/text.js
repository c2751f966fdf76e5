import { splitAddress, splitOverrides, startsParagraph } from "../logic/direction.js";
import { splitLinks } from "../logic/links.js";
import { translate } from "../logic/translate.js";
import { isolated } from "./dom.js";

/** Shows what somebody wrote: its links work and read as what they open, and no sign turns it. */
export function showText(element, text) {
  let before = "";
  const nodes = splitLinks(text).flatMap((part) => {
    const made = part.href ? linkNodes(part, before) : splitOverrides(part.text).map(plainNode);
    before += part.text;
    return made;
  });
  element.replaceChildren(...nodes);
}

function plainNode({ text, isOverride }) {
  if (!isOverride) return document.createTextNode(text);
  const sign = document.createElement("span");
  sign.className = "override";
  sign.title = translate("turningCharacter");
  sign.textContent = text;
  return sign;
}

/** A paragraph that begins with an address runs from left to right, as where it was typed. */
function linkNodes(part, before) {
  if (!startsParagraph(before)) return [linkElement(part)];
  const mark = document.createElement("span");
  mark.className = "left-to-right-mark";
  return [mark, linkElement(part)];
}

function linkElement({ href, label }) {
  const link = document.createElement("a");
  link.href = href;
  link.rel = "noopener nofollow";
  link.target = "_blank";
  link.dir = "ltr";
  link.replaceChildren(...splitAddress(label).map(pieceNode));
  link.normalize();
  return link;
}

function pieceNode({ text, isTurning }) {
  return isTurning ? isolated(text) : text;
}
