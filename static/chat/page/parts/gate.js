import { forgetGuest, storedGuest } from "../../client/identity.js";
import { gateFor, isAboutName, isUnknown } from "../logic/gate.js";
import { part } from "./dom.js";
import { forgetField } from "./kept.js";
import { openElsewhereText } from "./seat.js";

/** The notice in the place of the composer, while this person may not join or not write. */
export function mountGate(chat, { seat, seats, entry, page }) {
  const { storage } = seat;
  let wanted = seat.name ?? storedGuest(storage)?.name ?? "";
  let refusal = null;
  let site = null;
  let info = null;
  let shownWords = null;

  const show = () => {
    const { state, user } = chat;
    const gate = gateFor({ state, refusal, info, site, user, signedIn: page.signedIn });
    part("composer").hidden = gate !== null;
    part("gate").hidden = gate === null;
    // A screen reader reads whatever is put there, and its button may have the focus.
    if (gate && gate.words !== shownWords) {
      part("gate").replaceChildren(gate.words, ...remedyButton(gate.remedy, storage));
    }
    shownWords = gate?.words ?? null;
  };

  /** A name may be refused because another tab has it: the person may not know. */
  const reasonOf = async ({ code, message }) => {
    const isTaken = code === "name_taken" && (await seats.isOpenElsewhere(wanted));
    return isTaken ? openElsewhereText(wanted) : message;
  };

  chat.on("refused", async ({ error }) => {
    const guest = storedGuest(storage);
    // The server has forgotten the guest: a new one of the name sends what this one did not.
    if (guest && isUnknown(chat.state)) return chat.rename(guest.name);
    if (!isAboutName(error)) {
      refusal = error;
      return show();
    }
    const name = error.suggestion ?? wanted;
    wanted = await entry.ask({ error: await reasonOf(error), name });
    chat.rename(wanted);
  });
  chat.on("welcome", (event) => {
    site = event.site;
    forgetField(storage, "name");
  });
  chat.on("site", (event) => {
    site = event.site;
    show();
  });
  chat.on("joined", (event) => {
    info = event.info;
    refusal = null;
    show();
  });
  chat.on("room", (event) => {
    info = event.info;
    show();
  });
  chat.on("state", show);
}

function remedyButton(remedy, storage) {
  if (!remedy) return [];
  const actions = {
    "sign-in": () => (location.href = `/accounts/login/?next=${location.pathname}`),
    front: () => (location.href = "/"),
    reload: () => location.reload(),
    restart: () => {
      forgetGuest(storage);
      location.reload();
    },
  };
  const button = document.createElement("button");
  button.type = "button";
  button.className = "text-button";
  button.textContent = remedy.words;
  button.addEventListener("click", actions[remedy.action]);
  return [button];
}
