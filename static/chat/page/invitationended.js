import { systemStorage } from "../client/base/storage.js";
import { storedGuest } from "../client/identity.js";
import { asGuest, redeem } from "./logic/redeeming.js";
import { roomPath } from "./logic/roompath.js";
import { systemSeats } from "./parts/seat.js";

/** Opens the room again for a guest who came by this link before: the server learns here who it is. */
async function comeAgain() {
  const seats = systemSeats(systemStorage());
  const seat = (await seats.takeOwn()) ?? (await seats.takeLatest());
  const guest = seat && storedGuest(seat.storage);
  if (!guest) return;
  const code = decodeURIComponent(location.pathname.split("/").at(-2));
  const response = await redeem(code, {}, asGuest(guest));
  if (!response.ok) return;
  const { rooms } = await response.json();
  location.replace(roomPath(rooms[0].slug));
}

// Where that fails, the page says already what to do.
await comeAgain().catch(() => null);
