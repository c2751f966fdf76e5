import { translate } from "../logic/translate.js";
import { copyOf, part } from "./dom.js";

/** The dialog in which a guest takes another name. Returns `{ask}`. */
export function mountRename() {
  const dialog = copyOf("rename-template");
  const field = part("name", dialog);
  document.body.append(dialog);

  const showError = (words) => {
    part("error", dialog).textContent = words;
    field.setAttribute("aria-invalid", String(words !== ""));
  };
  part("cancel", dialog).addEventListener("click", () => dialog.close());
  part("form", dialog).addEventListener("submit", (event) => {
    if (field.value.trim()) return;
    event.preventDefault();
    showError(translate("typeName"));
  });

  /** Opens the dialog with a name; resolves with the one typed, or null where it is cancelled. */
  function ask({ name, error = "" }) {
    field.value = name;
    showError(error);
    dialog.returnValue = "";
    dialog.showModal();
    field.select();
    return new Promise((resolve) => {
      const onClose = () => resolve(dialog.returnValue === "rename" ? field.value.trim() : null);
      dialog.addEventListener("close", onClose, { once: true });
    });
  }

  return { ask };
}
