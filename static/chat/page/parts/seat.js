import { storedGuest } from "../../client/identity.js";
import { Seats } from "../logic/seats.js";
import { translate } from "../logic/translate.js";
import { namesElsewhere } from "./neighbours.js";

/** Returns the seats of this browser. */
export function systemSeats(storage) {
  return new Seats(storage, navigator.locks, {
    newId: () => crypto.randomUUID().replaceAll("-", ""),
    now: () => Date.now(),
    whenLeft: () => new Promise((leave) => window.addEventListener("pagehide", leave, { once: true })),
    namesElsewhere: () => namesElsewhere(storage),
  });
}

/**
 * Finds this tab's seat, and asks for a name where nobody is known. Resolves with the seat's
 * `storage`, `isLasting`, and the `name` that was typed, if any.
 *
 * @param {Seats} seats
 * @param {{ask: Function}} entry the dialog
 * @param {{account: number | null, name?: string}} person whose page this is; a name typed before
 */
export async function takeSeat(seats, entry, { account, name }) {
  // Restored from the back/forward cache, where it had given up its seat.
  window.addEventListener("pageshow", async ({ persisted }) => {
    if (persisted && !(await seats.retake())) location.reload();
  });
  if (account !== null) {
    const owner = `account ${account}`;
    return (await seats.takeOwn(owner)) ?? seats.takeOf(owner);
  }
  const own = await seats.takeOwn();
  if (own && (name || storedGuest(own.storage))) return { ...own, name };
  if (name) return { ...(await seats.takeNamed(name)), name };
  const known = own ? null : await seats.takeLatest();
  if (known) return known;
  const typed = await entry.ask(await questionFor(seats));
  return { ...(own ?? (await seats.takeNamed(typed))), name: typed };
}

async function questionFor(seats) {
  const { name, taken } = await seats.suggestName();
  return taken ? { name, note: openElsewhereText(taken) } : {};
}

/** Says why a second tab needs another name. */
export function openElsewhereText(name) {
  return translate("openElsewhere", { name });
}
