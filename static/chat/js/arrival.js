import { keep, kept } from "../client/storage.js";

const ARRIVAL_KEY = "chat:arrival";

/** Remembers, on the way to a room's page, what was typed on the first page. */
export function noteArrival({ session }, arrival) {
  keep(session, ARRIVAL_KEY, arrival);
}

/** What was typed on the first page just before, as `{name, room}`; told once. */
export function takeArrival({ session }) {
  const arrival = kept(session, ARRIVAL_KEY) ?? {};
  session.removeItem(ARRIVAL_KEY);
  return arrival;
}
