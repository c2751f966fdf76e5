import { lastName } from "../../client/identity.js";
import { translate } from "../logic/translate.js";
import { part } from "./dom.js";
import { keepField, nameBeingTyped } from "./kept.js";

/**
 * The dialog in which one says who one is, and that one means to start a room. Returns `{ask,
 * confirm}`.
 */
export function mountEntry(storage) {
  const dialog = part("entry");
  const field = part("entry-name");
  // Without a name there is nothing to show. Chromium heeds only the first of two cancels, and
  // closes the dialog at the second.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.preventDefault();
  });
  let isAnswered = false;
  part("entry-form").addEventListener("submit", (event) => {
    if (field.value.trim() || part("entry-field").hidden) return;
    event.preventDefault();
    showError(field, translate("typeName"));
  });
  keepField(storage, field);

  /**
   * Opens the dialog, with a note, or the reason when it asks again; resolves with the name typed.
   * What was being typed before a reload goes before the `name` that is offered.
   */
  async function ask({ error = "", note = "", name = "" } = {}) {
    part("entry-note").textContent = note;
    part("entry-note").hidden = note === "";
    part("entry-field").hidden = false;
    const typed = error ? "" : nameBeingTyped(storage);
    field.value = typed || name || lastName(storage);
    showError(field, error);
    dialog.showModal();
    field.select();
    await answerOf(dialog);
    isAnswered = true;
    return field.value.trim();
  }

  /** Resolves once it is confirmed what the dialog says, by an answer to `ask` too. */
  async function confirm() {
    if (isAnswered) return;
    part("entry-field").hidden = true;
    dialog.showModal();
    await answerOf(dialog);
  }

  return { ask, confirm };
}

/** Resolves once the form is submitted; opens the dialog again where something else closes it. */
function answerOf(dialog) {
  dialog.returnValue = "";
  return new Promise((resolve) => {
    const onClose = () => {
      if (dialog.returnValue === "") return dialog.showModal();
      dialog.removeEventListener("close", onClose);
      // Else the fallback closed it, because the page has failed.
      if (dialog.returnValue !== "failed") resolve(dialog.returnValue);
    };
    dialog.addEventListener("close", onClose);
  });
}

function showError(field, words) {
  part("entry-error").textContent = words;
  field.setAttribute("aria-invalid", String(words !== ""));
}
