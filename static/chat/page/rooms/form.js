import { ChatError } from "../../client/base/errors.js";
import { showWords } from "../parts/dom.js";
import { build } from "./build.js";
import { translate } from "./words.js";

/**
 * Opens a dialog with a form. Where `onSubmit(values)` throws a ChatError, it is shown, at its `field`
 * where it has one. Else the dialog closes and `onDone(result)` is called, or the elements that
 * `show(result)` returns take the place of the form. The focus goes back to the first of `openers`
 * that is in view, or where `onDone` puts it.
 *
 * @param {{title: string, lead?: (string | object)[], content: Element[], submit: string, isDangerous?: boolean,
 *   openers: Element[], onSubmit: (values: object) => Promise<any>, onDone?: (result: any) => void,
 *   show?: (result: any) => Element[]}} form
 */
export function openForm({ title, lead = [], content, submit, isDangerous = false, openers, onSubmit, onDone, show }) {
  const heading = build("h2", { id: "room-form-title", textContent: title });
  const words = build("p", { class: "entry-lead", hidden: lead.length === 0 });
  const error = build("p", { class: "field-error", id: "room-form-error", role: "alert" });
  const button = build("button", { class: "button", type: "submit", textContent: submit });
  const foot = footOf("cancel");
  const head = build("div", {}, heading, words);
  const form = build("form", { class: "stack", noValidate: true }, head, ...content, error, button, foot);
  showWords(words, lead);
  button.classList.toggle("dangerous", isDangerous);
  // Where nothing is asked, Enter alone is not to do it.
  foot.firstElementChild.autofocus = content.length === 0;
  const dialog = openDialog(form, heading, openers);
  const done = (result) => {
    if (show) return showInstead(form, [heading, ...show(result), footOf("done")]);
    dialog.close();
    onDone?.(result);
  };
  watchSubmit(form, { button, error, onSubmit, done });
}

function openDialog(form, heading, openers) {
  const dialog = build("dialog", { class: ["entry", "room-form"], "aria-labelledby": heading.id }, form);
  dialog.addEventListener("click", ({ target }) => target.closest("[data-close]") && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    // What was chosen in a menu is hidden with it.
    if (document.activeElement === document.body) openers.find((each) => each.getClientRects().length > 0)?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function watchSubmit(form, { button, error, onSubmit, done }) {
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
    }
  });
}

/** Returns the error for a field of the form, which says what is to be typed there. */
export function fieldError(field, message) {
  return Object.assign(new ChatError("bad_request", message), { field });
}

function showInstead(form, elements) {
  form.replaceChildren(...elements);
  form.querySelector("button").focus();
}

function showError(form, element, error) {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  element.textContent = error?.message ?? "";
  const field = error?.field && form.elements[error.field];
  if (!field) return;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", element.id);
  field.focus();
}

function footOf(key) {
  const button = build("button", { class: "text-button", type: "button", data: { close: "" }, textContent: translate(key) });
  return build("p", { class: "entry-foot" }, button);
}
