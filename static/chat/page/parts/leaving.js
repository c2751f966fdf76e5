import { MemoryStorage } from "../../client/base/storage.js";
import { keysOf } from "../logic/seatstorage.js";

/**
 * Returns a function that says whether all words in a room would be there after the tab was closed:
 * not where the browser keeps no seat for the tab (on plain http, say), or its storage is full or
 * denied.
 */
export function keptIn({ chat, part, drafts, later }, { storage, isLasting }) {
  const lasting = isLasting ? [storage.session, storage.local] : [storage.local];
  const real = lasting.filter((each) => !(each instanceof MemoryStorage));

  const isStored = ({ id }) => real.some((each) => keysOf(each).some((key) => key.endsWith(`/${id}`)));
  const isDraftKept = () => {
    const text = part("composer-text").value;
    return text.trim() === "" || (isLasting && drafts.load() === text);
  };
  return () => {
    const { outbox, changes } = chat.snapshot();
    const isEditKept = isLasting || (later.parts?.actions.editor.isKept ?? true);
    return isDraftKept() && isEditKept && [...outbox, ...changes].filter(({ state }) => state !== "sent").every(isStored);
  };
}

/** Asks before the tab is closed unless `isAllKept()`; returns a function that stops this. */
export function askBeforeLeaving(isAllKept) {
  let staysHere = false;
  // Another page of this site in the same tab: what belongs to the tab is there when it is back.
  const onClick = ({ target }) => {
    staysHere = target.closest("a[href]:not([target])")?.origin === location.origin;
    setTimeout(() => (staysHere = false));
  };
  const onLeave = (event) => {
    if (!staysHere && !isAllKept()) event.preventDefault();
  };
  document.addEventListener("click", onClick);
  window.addEventListener("beforeunload", onLeave);
  return () => {
    document.removeEventListener("click", onClick);
    window.removeEventListener("beforeunload", onLeave);
  };
}
