const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  rooms: "M4.5 7h15M4.5 12h15M4.5 17h9",
  search: "M10.500 4.500a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5",
  close: "m6 6 12 12M18 6 6 18",
  lock: "M7.500 10.500h9a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2M8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500",
  add: "M12 5.500v13M5.500 12h13",
  write: "M5 5.500h14v10h-8l-4 3.500v-3.500h-2z",
  waiting: "M12 4.500a5 5 0 0 0-5 5v4l-1.500 2.500h13l-1.500-2.500v-4a5 5 0 0 0-5-5M10.500 18.500a1.500 1.500 0 0 0 3 0",
};

/**
 * Returns a new element with its children, one `class` or several, `data`, and what else it has as
 * properties or, where there is no such property, attributes.
 */
export function build(tag, { class: classes = [], data = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  element.classList.add(...[classes].flat());
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Returns a button that shows an icon, says what it does, and has this class. */
export function iconButton(icon, words, name) {
  const properties = { class: ["icon-button", name], type: "button", title: words, "aria-label": words };
  return build("button", properties, iconOf(icon));
}

/** Returns the sign of a room that asks for a password, which says so in `words`. */
export function lockSign(words) {
  const properties = { class: "rooms-lock", role: "img", title: words, "aria-label": words, data: { part: "lock" } };
  return build("span", properties, iconOf("lock"));
}

export function iconOf(name) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", fill: "none", stroke: "currentColor",
    "stroke-width": "1.75", "stroke-linecap": "round", "stroke-linejoin": "round",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
