import { lastName } from "../../client/identity.js";
import { translate } from "../logic/translate.js";
import { part } from "./dom.js";

/** The dialog that asks for a name. Returns `{ask}`. */
export function mountEntry(storage) {
  const dialog = part("entry");
  const form = part("entry-form");
  const field = part("entry-name");
  // Without a name there is nothing to show.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => {
    if (field.value.trim()) return;
    event.preventDefault();
    showError(field, translate("typeName"));
  });

  /**
   * Opens the dialog, with a note, or the reason when it asks again; resolves with the name typed.
   */
  function ask({ error = "", note = "", name = lastName(storage) } = {}) {
    if (note) part("entry-lead").textContent = note;
    field.value = name;
    showError(field, error);
    dialog.showModal();
    field.select();
    return new Promise((resolve) => {
      const onClose = () => resolve(field.value.trim());
      dialog.addEventListener("close", onClose, { once: true });
    });
  }

  return { ask };
}

function showError(field, words) {
  part("entry-error").textContent = words;
  field.setAttribute("aria-invalid", String(words !== ""));
}
