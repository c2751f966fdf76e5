import { storedGuest } from "../../client/identity.js";
import { isAboutName, isUnknown } from "../logic/gate.js";
import { forgetField } from "./kept.js";
import { loadApplication } from "./later.js";
import { openElsewhereText } from "./seat.js";

/**
 * Asks for another name where this one is refused, and where somebody wants another; every other
 * refusal is passed to `onRefused({room, error})`. Returns `{change}`, which asks for another name.
 *
 * @param {Chat} chat @param {{seat: object, seats: Seats, entry: object}} person
 * @param {{isIn: () => boolean, onRefused: Function}} rooms `isIn()`: whether one is in any room
 */
export function mountNaming(chat, { seat, seats, entry }, { isIn, onRefused }) {
  const { storage } = seat;
  let renaming = null;
  // What to go back to while another name is tried.
  let former = null;
  let wanted = seat.name ?? storedGuest(storage)?.name ?? "";
  let isAsking = false;
  // What was refused while another name is thought of, by room: null where it is the name.
  const missed = new Map();

  /** A name may be refused because another tab has it: the person may not know. */
  const reasonOf = async ({ code, message }) => {
    const name = wanted;
    const isTaken = code === "name_taken" && (await seats.isOpenElsewhere(name));
    return isTaken ? openElsewhereText(name) : message;
  };

  const takeName = (name) => {
    wanted = name;
    chat.rename(name);
  };

  const ask = async (error, isRenaming) => {
    isAsking = true;
    const question = { name: error.suggestion ?? wanted, error: await reasonOf(error) };
    const isNew = !isRenaming && !isIn();
    const name = await (isNew ? entry.ask(question) : askAnother(question));
    isAsking = false;
    return name;
  };

  const askAnother = async (question) => {
    renaming ??= (await loadApplication()).mountRename();
    return renaming.ask(question);
  };

  const change = async () => {
    const name = await askAnother({ name: chat.user.name });
    if (name === null || name === chat.user.name) return;
    former = chat.user.name;
    takeName(name);
  };

  chat.on("refused", async (event) => {
    const { error } = event;
    const guest = storedGuest(storage);
    // The server has forgotten the guest: a new one of the name sends what this one did not.
    if (guest && isUnknown(chat.state)) return chat.rename(guest.name);
    if (!isAboutName(error)) return onRefused(event);
    if (isAsking) return missed.set(event.room, event);
    const isRenaming = former !== null;
    const asking = ask(error, isRenaming);
    // Nobody leaves the room while they think of another name.
    if (isRenaming) takeName(former);
    const name = await asking;
    if (name !== null) {
      if (isIn()) former = chat.user.name;
      takeName(name);
    } else {
      // In one room the name is somebody else's; the others go on under it.
      if (!isRenaming) onRefused(event);
      missed.forEach(onRefused);
    }
    missed.clear();
  });
  chat.on("welcome", () => forgetField(storage, "name"));
  chat.on("joined", ({ room }) => {
    former = null;
    for (const refused of [room, null]) missed.delete(refused);
  });
  return { change };
}
