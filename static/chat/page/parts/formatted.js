import { parseText } from "../dialect/parse.js";
import { hostOf, linkTo } from "../logic/links.js";
import { copyOf, part } from "./dom.js";
import { loadLater } from "./later.js";
import { addressNodes, addressPieces, codeNodes, linkElement, textNodes } from "./text.js";

const MARKS = { strong: "strong", emphasis: "em", strike: "s" };
const BLOCKS = {
  paragraph: paragraphElement,
  code: codeElement,
  quote: quoteElement,
  list: listElement,
};

/** Shows a message as it is formatted (docs/formatting.md): made of nodes, never of HTML. */
export function showFormatted(element, text) {
  element.replaceChildren(...parseText(text).map(blockElement));
}

function blockElement(block) {
  return BLOCKS[block.type](block);
}

function paragraphElement({ children }) {
  return elementOf("div", "paragraph", inlineNodes(children));
}

function quoteElement({ children }) {
  const quote = elementOf("blockquote", "quote", children.map(blockElement));
  quote.dir = "auto";
  return quote;
}

function codeElement({ text, language }) {
  const block = copyOf("code-template");
  const code = part("code", block);
  code.replaceChildren(...codeNodes(text));
  if (language) colourLater(code, text, language);
  return block;
}

/** Without the colours, as where they cannot be loaded now, it is code all the same. */
async function colourLater(code, text, language) {
  const later = await loadLater().catch(() => null);
  later?.colourWhenSeen(code, text, language);
}

/** The markers are texts, so that they are copied with the items. */
function listElement({ items }) {
  const list = elementOf("ul", "list", items.map(itemElement));
  // Safari takes lists without bullets for none.
  list.role = "list";
  const longest = Math.max(...items.map(({ marker }) => marker.length));
  list.style.setProperty("--marker", `${longest + 1}ch`);
  return list;
}

function itemElement({ marker, children, items }) {
  const isNumber = /\d/.test(marker);
  const sign = elementOf("span", "list-marker", [isNumber ? `${marker} ` : "• "]);
  sign.ariaHidden = isNumber ? null : "true";
  const nested = items ? [listElement({ items })] : [];
  const item = elementOf("li", "list-item", [sign, ...inlineNodes(children), ...nested]);
  item.dir = "auto";
  return item;
}

function inlineNodes(children) {
  return new Inline().nodes(children);
}

/** The nodes of a paragraph or an item; what is before a link decides about its direction. */
class Inline {
  #before = "";

  nodes(children) {
    return children.flatMap((child) => this.#nodesOf(child));
  }

  #nodesOf(child) {
    if (typeof child === "string") {
      this.#before += child;
      return textNodes(child);
    }
    if (child.type === "code") return [this.#code(child)];
    if (child.type === "link") return child.children ? this.#named(child) : this.#address(child);
    return [elementOf(MARKS[child.type], "", this.nodes(child.children))];
  }

  #code({ text }) {
    const code = elementOf("code", "inline-code", codeNodes(text));
    code.dir = "ltr";
    code.translate = false;
    return code;
  }

  #address({ address }) {
    const before = this.#before;
    this.#before += address;
    const target = linkTo(address);
    return target ? addressNodes(target, before) : textNodes(address);
  }

  #named({ address, children, showsHost }) {
    const target = linkTo(address);
    const nodes = this.nodes(children);
    if (!target) return [...nodes, ...textNodes(` (${address})`)];
    const link = linkElement(target.href);
    link.className = "named-link";
    link.title = target.label;
    link.append(...nodes);
    return showsHost ? [link, " ", hostElement(target.label)] : [link];
  }
}

/** Its frame is what nobody can type; its brackets are for those who hear or copy it. */
function hostElement(address) {
  const [before, after] = ["(", ")"].map((sign) => elementOf("span", "visually-hidden", [sign]));
  const host = elementOf("bdi", "link-host", [before, ...addressPieces(hostOf(address)), after]);
  host.dir = "ltr";
  return host;
}

function elementOf(name, className, nodes) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...nodes);
  return element;
}
