import { part } from "../dom.js";

/**
 * What stands above the first message of a room, or in the place of it; `longer` when there was
 * more than what is shown at first.
 */
export function showBeginning({ info, more, longer, isEmpty }) {
  part("beginning").hidden = more || !info;
  if (!info) return;
  part("beginning-title").textContent = `${longer ? "The beginning of" : "This is"} ${info.name}`;
  part("beginning-words").hidden = !isEmpty;
}
