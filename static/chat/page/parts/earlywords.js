import { part } from "./dom.js";
import { askBeforeLeaving } from "./leaving.js";

/**
 * Asks before the words in the composer are lost while it is not known yet whose they are: on a
 * slow line one types before the scripts run (../early.js keeps it), and then is asked for a name.
 * Returns a function that ends both, once they are somebody's draft.
 */
export function guardEarlyWords({ session }) {
  const text = part("composer-text");
  const stopAsking = askBeforeLeaving(() => text.value.trim() === "");
  return () => {
    text.oninput = null;
    stopAsking();
    session.removeItem(earlyKey());
  };
}

/** Returns where ../early.js keeps the words of this page. */
export function earlyKey() {
  return `chat:early${location.pathname}`;
}
