import { seqOfPermalink } from "../logic/permalinks.js";
import { translate } from "../logic/translate.js";
import { showToast } from "../parts/clipboard.js";
import { part } from "../parts/dom.js";

/** Goes to a message of the room, or says why not. */
export async function goToMessage(messages, seq) {
  try {
    if (!(await messages.goTo(seq))) showToast(translate("noMessage"));
  } catch {
    // The connection was lost, or the server busy.
    showToast(translate("notLoaded"));
  }
}

/** Goes to the message that the page's address names, and to those that links in the room name. */
export function mountPermalinks(chat, messages) {
  const goTo = (seq) => goToMessage(messages, seq);
  const asked = seqOfPermalink(location.href);
  const stop = chat.on("joined", () => {
    stop();
    if (asked !== null) goTo(asked);
  });
  part("stream").addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const seq = link && seqOfPermalink(link.href);
    if (!seq || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goTo(seq);
  });
  // A reload stays where one went since.
  part("jump").addEventListener("click", () => {
    if (asked !== null) history.replaceState(null, "", location.pathname);
  });
}
