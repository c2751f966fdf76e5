const parts = new Map();

/** Returns the element with this `data-part`: the page's own, or one within `root`. */
export function part(name, root) {
  if (root) return root.querySelector(`[data-part="${name}"]`);
  if (!parts.has(name)) parts.set(name, part(name, document));
  return parts.get(name);
}

/** Returns a copy of the content of the template with this id. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/** Shows a list of words, in which each `{name}` has a text direction of its own. */
export function showWords(element, words) {
  const nodes = words.map((word) => (word.name === undefined ? word : isolated(word)));
  element.replaceChildren(...nodes);
}

function isolated({ name }) {
  const element = document.createElement("bdi");
  element.textContent = name;
  return element;
}

/** Colours an element with the hue of a person. */
export function paint(element, hue) {
  element.classList.add("has-hue");
  element.style.setProperty("--hue", hue);
}

/** Returns true where people type by touch, on a keyboard that is on the screen. */
export function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}
