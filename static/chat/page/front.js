import { systemStorage } from "../client/base/storage.js";
import { lastName } from "../client/identity.js";
import { noteArrival, takeArrival } from "./parts/arrival.js";
import { isTouch, part, showScripted } from "./parts/dom.js";
import { goOnWhereLeft } from "./parts/goingon.js";
import { forgetField, keepField, nameBeingTyped } from "./parts/kept.js";
import { noteRunning } from "./parts/lifecycle.js";
import { mountRooms } from "./parts/rooms.js";
import { openElsewhereText, systemSeats } from "./parts/seat.js";
import { mountTheme } from "./parts/theme.js";

const storage = systemStorage();
const seats = systemSeats(storage);
const { name, room } = part("enter").elements;
const [navigation] = performance.getEntriesByType("navigation");
const isBack = navigation?.type === "back_forward";

function arrive(typedRoom) {
  forgetField(storage, room.name);
  noteArrival(storage, { name: name?.value.trim(), room: typedRoom });
}

/** A value from the server is one that it refused, and is to be corrected. */
async function showName() {
  if (!name || name.defaultValue) return;
  const typed = nameBeingTyped(storage);
  const shown = (name.value = typed || lastName(storage));
  if (typed) return;
  const { name: suggested, taken } = await seats.suggestName();
  if (name.value === shown) name.value = suggested || shown;
  part("enter-note").hidden = !taken;
  part("enter-note").textContent = taken && openElsewhereText(taken);
}

showScripted();
// Members are not asked for a name.
if (!name && navigation?.type === "navigate") goOnWhereLeft(storage);
for (const field of [name, room]) {
  if (field) keepField(storage, field, { isRestored: isBack });
}
showName();
const refused = part("enter").querySelector('[aria-invalid="true"]');
if (!isTouch()) (refused ?? (name && !name.value ? name : room)).focus();
else refused?.scrollIntoView({ block: "center" });
part("enter").addEventListener("submit", () => arrive(room.value.trim()));
part("rooms").addEventListener("click", () => arrive());
// Somebody who comes back here starts anew, under the name they have now.
window.addEventListener("pageshow", ({ persisted }) => {
  takeArrival(storage);
  if (persisted || isBack) showName();
});

mountRooms();
mountTheme();
noteRunning();
