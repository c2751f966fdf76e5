import { loadItem, storeItem } from "../../client/base/storage.js";
import { lastName } from "../../client/identity.js";

/**
 * Keeps what is being typed in a field over a reload, and where the same is asked on another page,
 * until `forgetField`. What is there already was typed before this ran, unless the browser has
 * restored it; what the server refused is to be corrected.
 */
export function keepField({ session }, field, { isRestored = false } = {}) {
  const keep = () => storeItem(session, keyOf(field.name), field.value);
  const kept = keptText({ session }, field.name);
  if (field.value !== field.defaultValue && !isRestored) keep();
  else if (kept && field.getAttribute("aria-invalid") !== "true") field.value = kept;
  field.addEventListener("input", keep);
}

/** Returns the name that is being typed; not the last one, which another tab may have by now. */
export function nameBeingTyped(storage) {
  const kept = keptText(storage, "name");
  return kept === lastName(storage) ? "" : kept;
}

/** Returns what was being typed in a field of this name, or an empty string. */
export function keptText({ session }, name) {
  return loadItem(session, keyOf(name)) ?? "";
}

export function forgetField({ session }, name) {
  session.removeItem(keyOf(name));
}

function keyOf(name) {
  return `chat:typed/${name}`;
}
