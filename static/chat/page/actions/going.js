import { seqOfPermalink } from "../logic/permalinks.js";
import { translate } from "../logic/translate.js";
import { showToast } from "../parts/toast.js";

const LIT_MS = 1_500;

/** Goes to a message of the room, and marks it for a moment; or says why not. */
export async function goToMessage(messages, seq) {
  try {
    if (!(await messages.show(seq))) return showToast(translate("noMessage"));
    const element = messages.list.elementOf(seq);
    if (!isWriting()) element?.focus({ preventScroll: true });
    element?.classList.add("lit");
    setTimeout(() => element?.classList.remove("lit"), LIT_MS);
  } catch {
    // The connection was lost, or the server busy.
    showToast(translate("notLoaded"));
  }
}

/** Returns whether somebody writes a text, which goes on where it was. */
function isWriting() {
  const { activeElement } = document;
  return activeElement?.matches("textarea") && activeElement.value !== "";
}

/** Goes to the message that the page's address names, once its room was joined. */
export function goToAsked({ chat, messages }) {
  const asked = seqOfPermalink(location.href);
  if (asked === null) return;
  const stop = chat.on("joined", () => {
    stop();
    goToMessage(messages, asked);
  });
}
