import { asksForPassword, endingFor, gateFor } from "../logic/gate.js";
import { mountEnding } from "./ending.js";
import { loadApplication } from "./later.js";
import { remedyButton } from "./remedies.js";
import { showUnsent } from "./unsent.js";

/**
 * What takes the place of the room where this person may not join or stay, and of the composer
 * where they may not write. Returns `{refuse}`.
 */
export function mountGate(view, { storage, signedIn }) {
  const { chat, part } = view;
  const showEnding = mountEnding(view, storage);
  let refusal = null;
  let site = null;
  let info = null;
  let shownWords = null;

  const show = () => {
    const { state, user } = chat;
    const known = { state, refusal, info, site, user, signedIn };
    const ending = endingFor(known);
    showEnding(ending);
    if (ending) return;
    const gate = gateFor(known);
    part("composer").hidden = gate !== null;
    part("gate").hidden = gate === null;
    showUnsent(gate ? [part("composer-text").value] : [], part("foot"));
    // A screen reader reads whatever is put there, and its button may have the focus.
    if (gate && gate.words !== shownWords) {
      const buttons = gate.remedy ? [remedyButton(gate.remedy, "text-button", view, storage)] : [];
      part("gate").replaceChildren(gate.words, ...buttons);
    }
    shownWords = gate?.words ?? null;
  };
  /** Resolves with whether the room's password was typed. */
  const askPassword = async (error) => {
    const module = await loadApplication().catch(() => null);
    return module?.askPassword(view, error);
  };
  const refuse = async (error) => {
    // In a room that is not shown it is asked for once somebody goes there.
    if (view.isShown && asksForPassword(error) && (await askPassword(error))) return;
    refusal = error;
    show();
  };

  chat.on("welcome", (event) => (site = event.site));
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
  return { refuse };
}
