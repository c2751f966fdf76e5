import { translate, translateParts } from "../logic/translate.js";
import { newMessagesText } from "../logic/words.js";
import { part, showWords } from "../parts/dom.js";

/**
 * Shows the beginning of a room above its first message, or in the place of it; `longer` where
 * there were more messages than the page showed at first.
 */
export function showBeginning(part, { info, more, longer, isEmpty, isReadOnly }) {
  part("beginning").hidden = more || !info;
  if (!info) return;
  const room = { name: info.name };
  showWords(part("beginning-title"), translateParts(longer ? "roomBegins" : "welcomeToRoom", { room }));
  part("beginning-words").hidden = !isEmpty || isReadOnly;
  part("beginning-quiet").hidden = !isEmpty || !isReadOnly;
}

/** Shows the button that scrolls to the newest message, with the number of unread ones. */
export function showJump(button, { atEnd, unread, mentions }) {
  const words = newMessagesText(unread, mentions);
  button.hidden = atEnd;
  button.classList.toggle("for-you", mentions > 0);
  button.ariaLabel = words || translate("toNewest");
  part("jump-words", button).textContent = words;
}
