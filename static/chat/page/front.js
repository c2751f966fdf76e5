import { systemStorage } from "../client/base/storage.js";
import { lastName } from "../client/identity.js";
import { noteArrival, takeArrival } from "./parts/arrival.js";
import { isTouch, part } from "./parts/dom.js";
import { mountRooms } from "./parts/rooms.js";
import { mountTheme } from "./parts/theme.js";

const storage = systemStorage();
const { name, room } = part("enter").elements;

function arrive(typedRoom) {
  noteArrival(storage, { name: name?.value.trim(), room: typedRoom });
}

/** A value from the server is one that it refused, and is to be corrected. */
function showName() {
  if (name && !name.defaultValue) name.value = lastName(storage) || name.value;
}

showName();
if (!isTouch()) (name && !name.value ? name : room).focus();
part("enter").addEventListener("submit", () => arrive(room.value.trim()));
part("rooms").addEventListener("click", () => arrive());
// Somebody who comes back here starts anew, under the name they have now.
window.addEventListener("pageshow", () => {
  takeArrival(storage);
  showName();
});

mountRooms();
mountTheme();
