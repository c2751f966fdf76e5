import { build } from "./build.js";

/** Returns a labelled field for a line of text, and, where there is one, a sentence about it. */
export function textField(name, { label, help, ...properties }) {
  const id = `room-${name}`;
  const field = build("input", { id, name, autocomplete: "off", dir: "auto", ...properties });
  return build("div", { class: "field" }, labelOf(id, label), field, ...helpOf(help));
}

/** Returns a labelled list to choose from: `[value, words]` each; the one with the value `chosen` is. */
export function selectField(name, { label, options, chosen }) {
  const id = `room-${name}`;
  const elements = options.map(([value, words]) => build("option", { value, textContent: words }));
  const field = build("select", { id, name }, ...elements);
  field.value = chosen;
  return build("div", { class: "field" }, labelOf(id, label), field);
}

/** Returns radio buttons: `[value, words, help]` each. */
export function choices(name, { label, options, chosen }) {
  const labels = options.map(([value, words, help]) => choice({ type: "radio", name, value, checked: value === chosen }, words, help));
  return build("fieldset", { class: "choices" }, build("legend", { textContent: label }), ...labels);
}

/** Returns a box to check. */
export function checkbox(name, { label, help, checked = false }) {
  return choice({ type: "checkbox", name, checked }, label, help);
}

function choice(properties, words, help) {
  const text = build("span", {}, words, ...helpOf(help));
  return build("label", { class: "choice" }, build("input", properties), text);
}

function labelOf(id, words) {
  return build("label", { for: id, textContent: words });
}

function helpOf(words) {
  return words ? [build("span", { class: "field-help", textContent: words })] : [];
}
