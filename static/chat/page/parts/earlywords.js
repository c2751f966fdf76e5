import { loadItem, storeItem } from "../../client/base/storage.js";
import { joinedTexts } from "../logic/text.js";
import { part } from "./dom.js";
import { askBeforeLeaving } from "./leaving.js";

/**
 * Keeps the words in the composer while it is not known yet whose they are: on a slow line one
 * types before the scripts run, and then is asked for a name. Returns a function that ends it,
 * once they are somebody's draft.
 */
export function keepEarlyWords({ session }, slug) {
  const text = part("composer-text");
  const key = `chat:early/${encodeURIComponent(slug)}`;
  const keep = () => storeItem(session, key, text.value);
  text.value = joinedTexts(loadItem(session, key) ?? "", text.value);
  keep();
  text.addEventListener("input", keep);
  const stopAsking = askBeforeLeaving(() => text.value.trim() === "");
  return () => {
    text.removeEventListener("input", keep);
    stopAsking();
    session.removeItem(key);
  };
}
