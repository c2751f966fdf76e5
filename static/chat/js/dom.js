/** The element that a script works on: the one with `data-part`. */
export function part(name, root = document) {
  return root.querySelector(`[data-part="${name}"]`);
}

/** A copy of what is in the template with this id. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
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
