const parts = new Map();

/** The element that a script works on, by its `data-part`: the page's own, or one within `root`. */
export function part(name, root) {
  if (root) return root.querySelector(`[data-part="${name}"]`);
  if (!parts.has(name)) parts.set(name, part(name, document));
  return parts.get(name);
}

/** A copy of what is in the template with this id. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/** Shows a list of words, in which each `{name}` keeps its direction to itself. */
export function showWords(element, words) {
  element.replaceChildren(...words.map((word) => (word.name === undefined ? word : isolated(word))));
}

function isolated({ name }) {
  const element = document.createElement("bdi");
  element.textContent = name;
  return element;
}

/** Gives an element the colours of the person with this hue. */
export function paint(element, hue) {
  element.classList.add("has-hue");
  element.style.setProperty("--hue", hue);
}

/** True where fingers do the typing, on keys that are on the screen. */
export function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}
