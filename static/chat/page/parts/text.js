import { splitAddress, splitControls, splitOverrides, startsParagraph } from "../logic/direction.js";
import { splitLinks } from "../logic/links.js";
import { translate } from "../logic/translate.js";
import { isolated } from "./dom.js";

/** Shows what somebody wrote: its links work and read as what they open, and no sign turns it. */
export function showText(element, text) {
  let before = "";
  const nodes = splitLinks(text).flatMap((part) => {
    const made = part.href ? addressNodes(part, before) : textNodes(part.text);
    before += part.text;
    return made;
  });
  element.replaceChildren(...nodes);
}

/** Returns the nodes of a text. What would turn all of the text behind it is shown instead. */
export function textNodes(text) {
  return splitOverrides(text).map(signNode);
}

/** Returns the nodes of code, in which nothing turns a text: it would hide what the code does. */
export function codeNodes(text) {
  return splitControls(text).map(signNode);
}

function signNode({ text, isTurning }) {
  if (!isTurning) return document.createTextNode(text);
  const sign = document.createElement("span");
  sign.className = "override";
  sign.title = translate("turningCharacter");
  sign.textContent = text;
  return sign;
}

/**
 * Returns the nodes of a link that reads as its address, see `linkTo`. A paragraph that begins with
 * one runs from left to right, as where it was typed.
 */
export function addressNodes({ href, label }, before) {
  const link = linkElement(href);
  link.dir = "ltr";
  link.replaceChildren(...addressPieces(label));
  link.normalize();
  if (!startsParagraph(before)) return [link];
  const mark = document.createElement("span");
  mark.className = "left-to-right-mark";
  return [mark, link];
}

/** Returns an empty link to elsewhere. */
export function linkElement(href) {
  const link = document.createElement("a");
  link.href = href;
  link.rel = "noopener nofollow";
  link.target = "_blank";
  return link;
}

/** Returns the nodes of an address, or of a host, whose pieces keep their order. */
export function addressPieces(address) {
  return splitAddress(address).map(({ text, isTurning }) => (isTurning ? isolated(text) : text));
}
