import { loadItem, storeItem } from "../../client/base/storage.js";

const ARRIVAL_KEY = "chat:arrival";

/** Stores what was typed on the front page, on the way to a room's page. */
export function noteArrival({ session }, arrival) {
  storeItem(session, ARRIVAL_KEY, arrival);
}

/** Returns, once, what was typed on the front page just before, as `{name, room}`. */
export function takeArrival({ session }) {
  const arrival = loadItem(session, ARRIVAL_KEY) ?? {};
  storeItem(session, ARRIVAL_KEY, {});
  return arrival;
}

/** Returns whether this tab has called `takeArrival` on no page before. */
export function isFirstPage({ session }) {
  return loadItem(session, ARRIVAL_KEY) === null;
}
