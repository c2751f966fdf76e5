import { systemStorage } from "../client/base/storage.js";
import { storedGuest } from "../client/identity.js";
import { isMessage } from "../client/room/queue.js";
import { NOBODY, QueueStorage } from "../client/room/queuestorage.js";
import { part, showScripted } from "./parts/dom.js";
import { Drafts } from "./parts/drafts.js";
import { earlyKey } from "./parts/earlywords.js";
import { mountPopovers } from "./parts/popovers.js";
import { systemSeats } from "./parts/seat.js";
import { mountTheme } from "./parts/theme.js";
import { showUnsent } from "./parts/unsent.js";

// The page in the place of a room that is not there, or that one may not see.
showScripted();
mountPopovers();
mountTheme();
const ending = part("ending");
const { slug, account, person } = ending.dataset;
const tab = systemStorage();
const seat = await systemSeats(tab).takeOwn(account && `account ${account}`);
const early = tab.session.getItem(earlyKey()) ?? "";
showUnsent([...(seat ? unsentTexts(seat.storage) : []), early], ending);

/** Returns what was written in the room while it was there, in this tab. */
function unsentTexts({ session, local }) {
  const own = person ? new QueueStorage(local, person, slug) : new QueueStorage(session, storedGuest({ session })?.id, slug);
  const queues = [new QueueStorage(session, NOBODY, slug), own];
  const messages = queues.flatMap((queue) => queue.loadEntries()).filter(isMessage);
  return [...messages.map(({ body }) => body), new Drafts(session, { slug, isNew: true }).load()];
}
