import { lastName } from "../client/identity.js";
import { part } from "./dom.js";

/** The question for a name. Returns `{ask}`. */
export function mountEntry(storage) {
  const dialog = part("entry");
  const form = part("entry-form");
  const field = part("entry-name");
  // There is nothing to see behind the question.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => {
    if (field.value.trim()) return;
    event.preventDefault();
    complain(field, "Type a name to be known by.");
  });

  /** Asks for a name, with the reason when it asks again; resolves with what was typed. */
  function ask({ error = "", name = lastName(storage) } = {}) {
    field.value = name;
    complain(field, error);
    dialog.showModal();
    field.select();
    return new Promise((resolve) => {
      const answer = () => resolve(field.value.trim());
      dialog.addEventListener("close", answer, { once: true });
    });
  }

  return { ask };
}

function complain(field, words) {
  part("entry-error").textContent = words;
  field.setAttribute("aria-invalid", String(words !== ""));
}
