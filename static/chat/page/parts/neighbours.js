import { storeItem } from "../../client/base/storage.js";
import { guestName } from "../../client/identity.js";
import { keysOf } from "../logic/seatstorage.js";

const CHANNEL = "chat:guests";
const OPEN = "chat:open/";
// A tab in the background replies within a few ms. One that crashed, or is frozen, does not.
const WAIT_MS = 1_000;

const own = `${OPEN}${crypto.getRandomValues(new Uint32Array(2)).join("")}`;

/**
 * Replies to the other tabs of this browser with the name of this tab's guest. For where there are
 * no Web Locks to see tabs by, on plain http: a channel between tabs is there too.
 */
export function answerNeighbours(storage) {
  const channel = openChannel();
  if (!channel) return;
  const note = () => storeItem(storage.local, own, true);
  note();
  window.addEventListener("pageshow", note);
  window.addEventListener("pagehide", () => storage.local.removeItem(own));
  channel.addEventListener("message", ({ data }) => {
    if (data === "who") channel.postMessage({ key: own, name: guestName(storage) });
  });
}

/** Returns the names of the guests in the other tabs of this browser. */
export async function namesElsewhere({ local }) {
  const others = keysOf(local).filter((key) => key.startsWith(OPEN) && key !== own);
  const silent = new Set(others);
  const channel = silent.size > 0 && openChannel();
  if (!channel) return [];
  const names = [];
  await new Promise((resolve) => {
    setTimeout(resolve, WAIT_MS);
    channel.addEventListener("message", ({ data: { key, name } }) => {
      // The channel of this tab's own guest replies too.
      if (name && key !== own) names.push(name);
      if (silent.delete(key) && silent.size === 0) resolve();
    });
    channel.postMessage("who");
  });
  channel.close();
  for (const key of silent) local.removeItem(key);
  return names;
}

/** A browser that denies its storage may deny the channel too, by throwing. */
function openChannel() {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return null;
  }
}
