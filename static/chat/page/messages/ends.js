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
  showWords(part("beginning-title"), titleOf(info, longer));
  // The link to another room than a public one lets nobody in.
  const isPublic = info.kind === "public";
  part("beginning-link").hidden = !isPublic;
  part("beginning-words").hidden = !isEmpty || isReadOnly || !isPublic;
  part("beginning-private").hidden = !isEmpty || isReadOnly || isPublic;
  part("beginning-quiet").hidden = !isEmpty || !isReadOnly;
}

function titleOf({ kind, name }, longer) {
  const room = { name };
  if (kind === "direct") return translateParts("conversationWith", { room });
  return longer ? translateParts("roomBegins", { room }) : translateParts("welcomeToRoom", { room });
}

/** Shows the button that scrolls to the newest message, with the number of unread ones. */
export function showJump(button, { atEnd, unread, mentions }) {
  const words = newMessagesText(unread, mentions);
  button.hidden = atEnd;
  button.classList.toggle("for-you", mentions > 0);
  button.ariaLabel = words || translate("toNewest");
  part("jump-words", button).textContent = words;
}
