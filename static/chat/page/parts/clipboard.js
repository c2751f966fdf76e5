import { translate } from "../logic/translate.js";
import { part } from "./dom.js";

const SHOWN_MS = 2_000;
let timer = null;

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

/** Shows words at the foot of the page for a while; screen readers read them. */
export function showToast(words, { isVisible = true, onEnd = () => {} } = {}) {
  clearTimeout(timer);
  part("toast").textContent = words;
  part("toast").classList.toggle("shown", isVisible);
  timer = setTimeout(() => {
    part("toast").classList.remove("shown");
    onEnd();
  }, SHOWN_MS);
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
