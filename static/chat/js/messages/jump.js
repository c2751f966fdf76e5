import { part } from "../dom.js";
import { newMessagesText } from "../logic/words.js";

/** The button that goes to the newest message, with how many are new. */
export function showJump({ atEnd, unread }) {
  const button = part("jump");
  const words = newMessagesText(unread);
  button.hidden = atEnd;
  button.ariaLabel = words || "Go to the newest message";
  part("jump-words").textContent = words;
}
