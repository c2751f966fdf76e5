import { translate } from "../rooms/words.js";
import { copyOf, part } from "./dom.js";

/**
 * Asks for the password of a room that refused to let somebody in, and joins with it. Resolves with
 * false where nobody wants to type one.
 *
 * @param {RoomView} view @param {ChatError} error
 */
export async function askPassword(view, error) {
  const password = await typedInto(dialogFor(view.name, error));
  if (password === null) return false;
  // A wrong one is refused like a missing one.
  view.chat.join({ password }).catch(() => {});
  return true;
}

function dialogFor(name, { code, message }) {
  const dialog = copyOf("rename-template");
  const [title, lead] = dialog.querySelectorAll("[data-words]");
  title.textContent = translate("enterRoom", { name });
  lead.textContent = translate("roomAsks");
  title.id = "password-title";
  dialog.setAttribute("aria-labelledby", title.id);
  part("error", dialog).id = "password-error";
  if (code === "password_wrong") part("error", dialog).textContent = message;
  const field = part("name", dialog);
  field.type = "password";
  field.autocomplete = "off";
  field.maxLength = 128;
  field.setAttribute("aria-label", translate("password"));
  field.setAttribute("aria-describedby", "password-error");
  field.setAttribute("aria-invalid", String(code === "password_wrong"));
  dialog.querySelector("[type=submit]").textContent = translate("enter");
  part("cancel", dialog).addEventListener("click", () => dialog.close());
  part("form", dialog).addEventListener("submit", (event) => field.value || event.preventDefault());
  return dialog;
}

/** Resolves with what was typed into a dialog; null where it was cancelled. */
function typedInto(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  part("name", dialog).focus();
  return new Promise((resolve) => {
    const onClose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "rename" ? part("name", dialog).value : null);
    };
    dialog.addEventListener("close", onClose, { once: true });
  });
}
