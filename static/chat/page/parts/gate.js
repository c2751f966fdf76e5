import { storedGuest } from "../../client/identity.js";
import { endingFor, gateFor, isAboutName, isUnknown } from "../logic/gate.js";
import { part } from "./dom.js";
import { mountEnding } from "./ending.js";
import { forgetField } from "./kept.js";
import { remedyButton } from "./remedies.js";
import { openElsewhereText } from "./seat.js";
import { mountYou } from "./you.js";

/**
 * What takes the place of the room where this person may not join or stay, and of the composer
 * where they may not write.
 */
export function mountGate(chat, { seat, seats, entry, later, page }) {
  const { storage } = seat;
  const showEnding = mountEnding(chat, storage);
  // What to go back to while another name is tried.
  let former = null;
  let wanted = seat.name ?? storedGuest(storage)?.name ?? "";
  let refusal = null;
  let site = null;
  let info = null;
  let shownWords = null;

  const show = () => {
    const { state, user } = chat;
    const known = { state, refusal, info, site, user, signedIn: page.signedIn };
    const ending = endingFor(known);
    showEnding(ending);
    if (ending) return;
    const gate = gateFor(known);
    part("composer").hidden = gate !== null;
    part("gate").hidden = gate === null;
    // A screen reader reads whatever is put there, and its button may have the focus.
    if (gate && gate.words !== shownWords) {
      const buttons = gate.remedy ? [remedyButton(gate.remedy, "text-button", storage)] : [];
      part("gate").replaceChildren(gate.words, ...buttons);
    }
    shownWords = gate?.words ?? null;
  };

  /** A name may be refused because another tab has it: the person may not know. */
  const reasonOf = async ({ code, message }) => {
    const isTaken = code === "name_taken" && (await seats.isOpenElsewhere(wanted));
    return isTaken ? openElsewhereText(wanted) : message;
  };

  const takeName = (name) => {
    wanted = name;
    chat.rename(name);
  };

  const askName = async ({ rename }) => {
    const name = await rename.ask({ name: chat.user.name });
    if (name === null || name === chat.user.name) return;
    former = chat.user.name;
    // The server takes another name from somebody who is in no room.
    chat.close();
    takeName(name);
  };
  mountYou(chat, () => later.use(askName));

  chat.on("refused", async ({ error }) => {
    const guest = storedGuest(storage);
    // The server has forgotten the guest: a new one of the name sends what this one did not.
    if (guest && isUnknown(chat.state)) return chat.rename(guest.name);
    if (!isAboutName(error)) {
      refusal = error;
      return show();
    }
    const question = { error: await reasonOf(error), name: error.suggestion ?? wanted };
    takeName((await (former === null ? entry : later.parts.rename).ask(question)) ?? former);
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
    former = null;
    show();
  });
  chat.on("room", (event) => {
    info = event.info;
    show();
  });
  chat.on("state", show);
}
