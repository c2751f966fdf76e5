import { part } from "../dom.js";

/** What stands above the first message of a room, or in the place of it. */
export function showBeginning({ info, more, isEmpty }) {
  part("beginning").hidden = more || !info;
  if (!info) return;
  part("beginning-title").textContent = `This is ${info.name}`;
  part("beginning-words").textContent = isEmpty
    ? "Nobody has said anything yet. Say hello, or invite somebody with the link."
    : "Here it begins.";
}
