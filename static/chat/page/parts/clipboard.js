import { translate } from "../laterwords.js";
import { showToast } from "./toast.js";

/** Copies a text; returns false where the browser refuses. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** Copies a text, and says so for a while. */
export async function copyAndSay(text, words) {
  const isCopied = await copyText(text);
  showToast(isCopied ? words : translate("notCopied"));
}

/** Pages on plain http have no clipboard but for what is selected in them. */
function copySelected(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return isCopied;
}
