import { ChatError } from "../../client/base/errors.js";
import { showWords } from "../parts/dom.js";
import { build } from "./build.js";
import { openDialog } from "./dialog.js";
import { translate } from "./words.js";

/**
 * Opens a dialog with a form, and with what is `below` it. Where `onSubmit(values)` throws a
 * ChatError, it is shown, at its `field` where it has one. Else the dialog closes and
 * `onDone(result)` is called, which may move the focus, or the elements that `show(result)` returns
 * take the place of the form.
 *
 * @param {{title: string, lead?: (string | object)[], content: Element[], below?: Element[],
 *   submit: string, isDangerous?: boolean, openers: Element[], onSubmit: (values: object) => Promise<any>,
 *   onDone?: (result: any) => void, show?: (result: any) => Element[]}} form `openers`: see `openDialog`
 */
export function openForm({ title, lead = [], content, below = [], submit, isDangerous = false, openers, onSubmit, onDone, show }) {
  const words = build("p", { class: "dialog-lead", hidden: lead.length === 0 });
  const error = build("p", { class: "field-error", id: "dialog-error", role: "alert" });
  const button = build("button", { class: "button", type: "submit", textContent: submit });
  const form = build("form", { class: "stack", noValidate: true }, words, ...content, error, button);
  // What is below the form was done on its own.
  const leaving = translate(below.length > 0 ? "done" : "cancel");
  const leave = build("button", { class: "text-button", type: "button", data: { close: "" }, textContent: leaving });
  showWords(words, lead);
  button.classList.toggle("dangerous", isDangerous);
  // Where nothing is asked, Enter alone is not to do it.
  (form.querySelector("input, select") ?? leave).autofocus = true;
  const foot = build("p", { class: "dialog-foot" }, leave);
  const dialog = openDialog({ title, content: [form, ...below, foot], openers });
  const done = (result) => {
    if (show) return showInstead(form, show(result), leave);
    dialog.close();
    onDone?.(result);
  };
  watchSubmit(form, { button, error, onSubmit, done });
}

function watchSubmit(form, { button, error, onSubmit, done }) {
  form.addEventListener("input", ({ target }) => target.matches("[aria-invalid]") && showError(form, error, null));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    showError(form, error, null);
    button.disabled = true;
    try {
      done(await onSubmit(Object.fromEntries(new FormData(form))));
    } catch (refusal) {
      showError(form, error, refusal);
    } finally {
      button.disabled = false;
      // A button that cannot be pressed loses the focus.
      if (document.activeElement === document.body) button.focus();
    }
  });
}

/** Returns the error for a field of the form, which says what is to be typed there. */
export function fieldError(field, message) {
  return Object.assign(new ChatError("bad_request", message), { field });
}

function showInstead(form, elements, leave) {
  form.replaceChildren(...elements);
  leave.textContent = translate("done");
  form.querySelector("button").focus();
}

function showError(form, element, error) {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  const field = error?.field && form.elements[error.field];
  // At its field, or else above the button of the form.
  if (field) field.closest(".field").append(element);
  else form.querySelector("[type=submit]").before(element);
  element.textContent = error?.message ?? "";
  if (!field) return;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", element.id);
  field.focus();
}
