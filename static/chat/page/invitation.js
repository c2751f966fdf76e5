import { systemStorage } from "../client/base/storage.js";
import { Identity, forgetGuest, lastName, storedGuest } from "../client/identity.js";
import { asGuest, redeem } from "./logic/redeeming.js";
import { roomPath } from "./logic/roompath.js";
import { translate } from "./logic/translate.js";
import { noteArrival } from "./parts/arrival.js";
import { isTouch, part, showScripted } from "./parts/dom.js";
import { forgetField, keepField, nameBeingTyped } from "./parts/kept.js";
import { noteRunning } from "./parts/lifecycle.js";
import { openElsewhereText, systemSeats, takeSeat } from "./parts/seat.js";
import { mountTheme } from "./parts/theme.js";

const tab = systemStorage();
const seats = systemSeats(tab);
const form = part("enter");
const { name, csrfmiddlewaretoken } = form.elements;
const button = form.querySelector("button");
const { code, account } = form.dataset;
let seat = null;

/** Comes by the invitation, as who is signed in or as this tab's guest, and opens the room. */
async function comeIn() {
  const typed = name?.value.trim();
  if (name && !typed) return showError(translate("typeName"), name);
  // They may have signed in or out meanwhile, in another tab: the page asks for what it needs then.
  if ((await isSignedIn()) !== !name) return location.reload();
  seat ??= await takeSeat(seats, null, { account: account || null, name: typed });
  const response = await redeemAsKnown(typed);
  const reply = await response.json();
  if (!response.ok) return showRefusal(reply.error);
  const identity = new Identity({ storage: seat.storage, name: typed, signedIn: !name });
  if (reply.token) identity.storeGuest(reply);
  if (name) forgetField(tab, "name");
  const [{ slug }] = reply.rooms;
  noteArrival(tab, { name: typed, room: slug });
  location.replace(roomPath(slug));
}

async function isSignedIn() {
  const response = await fetch("/api/v1/me", { cache: "no-store" });
  const { user } = await response.json();
  return user !== null;
}

/** A guest of whom the server knows nothing any more is made anew. */
async function redeemAsKnown(typed) {
  const guest = name && storedGuest(seat.storage);
  if (guest) {
    const response = await redeem(code, {}, asGuest(guest));
    if (response.status !== 401) return response;
    forgetGuest(seat.storage);
  }
  return redeem(code, { name: typed }, { "X-CSRFToken": csrfmiddlewaretoken.value });
}

function showRefusal({ code: reason, message }) {
  showError(message, reason.startsWith("name_") ? name : null);
}

function showError(words, field) {
  part("enter-error").textContent = field ? "" : words;
  if (!name) return;
  part("name-error").textContent = field ? words : "";
  name.setAttribute("aria-invalid", String(Boolean(field)));
  if (field) name.focus();
}

async function showName() {
  const typed = nameBeingTyped(tab);
  const shown = (name.value ||= typed || lastName(tab));
  if (typed) return;
  const { name: suggested, taken } = await seats.suggestName();
  if (name.value === shown) name.value = suggested || shown;
  part("enter-note").hidden = !taken;
  part("enter-note").textContent = taken && openElsewhereText(taken);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  showError("", null);
  try {
    await comeIn();
  } catch {
    showError(translate("notReached"), null);
  } finally {
    button.disabled = false;
  }
});

showScripted();
if (name) {
  keepField(tab, name);
  showName();
}
if (!isTouch()) (name ?? button).focus();
mountTheme();
noteRunning();
