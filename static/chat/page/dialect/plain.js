/** Returns what a message says, without marks: for a line beside a message, a title, a clipboard. */
export function plainText(blocks) {
  return blocks.map(blockText).join("\n");
}

/** Returns the texts of a message that are not code; an address is none either. */
export function spokenTexts(nodes) {
  return nodes.flatMap((node) => {
    if (typeof node === "string") return [node];
    if (node.type === "list") return spokenInItems(node.items);
    return node.type === "code" ? [] : spokenTexts(node.children ?? []);
  });
}

function spokenInItems(items) {
  return items.flatMap(({ children, items: nested = [] }) => [...spokenTexts(children), ...spokenInItems(nested)]);
}

function blockText(block) {
  if (block.type === "code") return block.text;
  if (block.type === "quote") return indented(plainText(block.children), "> ");
  if (block.type === "list") return listText(block.items);
  return inlineText(block.children);
}

function listText(items) {
  return items.map(itemText).join("\n");
}

function itemText({ marker, children, items }) {
  const sign = /\d/.test(marker) ? marker : "•";
  const [first, ...more] = inlineText(children).split("\n");
  const lines = [`${sign} ${first}`, ...more.map((line) => `  ${line}`)];
  return [...lines, ...(items ? [indented(listText(items), "  ")] : [])].join("\n");
}

function indented(text, indentation) {
  return text.split("\n").map((line) => indentation + line).join("\n");
}

function inlineText(children) {
  return children.map(childText).join("");
}

function childText(child) {
  if (typeof child === "string") return child;
  if (child.type === "code") return child.text;
  if (child.type !== "link") return inlineText(child.children);
  if (!child.children) return child.address;
  const text = inlineText(child.children);
  return text === child.address ? text : `${text} (${child.address})`;
}
