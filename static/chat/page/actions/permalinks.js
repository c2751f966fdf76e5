import { seqOfPermalink } from "../logic/permalinks.js";
import { goToMessage } from "./going.js";

/** Goes to the messages of the room that links in it name. */
export function mountPermalinks({ part, messages }) {
  const goTo = (seq) => goToMessage(messages, seq);
  part("stream").addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const seq = link && seqOfPermalink(link.href);
    if (!seq || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goTo(seq);
  });
  // A reload stays where one went since.
  part("jump").addEventListener("click", () => {
    if (location.search) history.replaceState(history.state, "", location.pathname);
  });
}
