const ofPage = partsOf(document);

/** Returns the element with this `data-part`: the page's own, or one within `root`. */
export function part(name, root) {
  return root ? root.querySelector(`[data-part="${name}"]`) : ofPage(name);
}

/** Returns a function that finds each element with a `data-part` within `root` once. */
export function partsOf(root) {
  const known = new Map();
  return (name) => {
    if (!known.has(name)) known.set(name, part(name, root));
    return known.get(name);
  };
}

/**
 * Removes what is for browsers without scripts, and writes the words of what works by scripts
 * alone. In the HTML those are attributes: a browser that shows text only, or a reader without
 * styles, would take "Nobody has said anything yet" for true.
 */
export function showScripted() {
  for (const element of document.querySelectorAll(".unscripted")) element.remove();
  const roots = [document, ...[...document.querySelectorAll("template")].map((t) => t.content)];
  const elements = roots.flatMap((root) => [...root.querySelectorAll("[data-words]")]);
  for (const element of elements) element.textContent = element.dataset.words;
}

/** Returns a copy of the content of the template with this id. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/**
 * Shows a list of words, in which each `{name, kind}` has a text direction of its own, and the mark
 * of a member.
 */
export function showWords(element, words) {
  showNodes(element, words.flatMap((word) => (word.name === undefined ? [word] : nameNodes(word))));
}

/** Shows some nodes; the same ones are not put there anew, which screen readers would read out. */
export function showNodes(element, nodes) {
  const shown = element.cloneNode();
  shown.append(...nodes);
  if (!shown.isEqualNode(element)) element.replaceChildren(...shown.childNodes);
}

function nameNodes({ name, kind }) {
  const element = isolated(name);
  return isMember({ kind }) ? [element, copyOf("member-template")] : [element];
}

/** Returns an element for a text that keeps its direction to itself. */
export function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

/** Returns true for somebody with an account: nobody else can have their name. */
export function isMember({ kind }) {
  return kind === "member";
}

/** Colours an element with the hue of a person. */
export function paint(element, hue) {
  element.classList.add("has-hue");
  element.style.setProperty("--hue", hue);
}

/** Returns the element with this selector under the pointer; null also where nothing hovers. */
export function hovered(selector) {
  return matchMedia("(hover: hover)").matches ? document.querySelector(`${selector}:hover`) : null;
}

/** Returns true where people type by touch, on a keyboard that is on the screen. */
export function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}
