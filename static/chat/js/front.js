import { lastName } from "../client/identity.js";
import { systemStorage } from "../client/storage.js";
import { noteArrival, takeArrival } from "./arrival.js";
import { isTouch, part } from "./dom.js";
import { mountRooms } from "./rooms.js";
import { mountTheme } from "./theme.js";

const storage = systemStorage();
const { name, room } = part("enter").elements;

function arrive(typedRoom) {
  noteArrival(storage, { name: name?.value.trim(), room: typedRoom });
}

/** What the server put into the field was refused there, and is to be mended. */
function showName() {
  if (name && !name.defaultValue) name.value = lastName(storage) || name.value;
}

showName();
if (!isTouch()) (name && !name.value ? name : room).focus();
part("enter").addEventListener("submit", () => arrive(room.value.trim()));
part("rooms").addEventListener("click", () => arrive());
// Whoever comes back here starts anew, under the name they have now.
window.addEventListener("pageshow", () => {
  takeArrival(storage);
  showName();
});

mountRooms();
mountTheme();
