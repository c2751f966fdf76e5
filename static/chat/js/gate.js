import { forgetGuest } from "../client/identity.js";
import { part } from "./dom.js";
import { gateFor, isAboutName } from "./logic/gate.js";

/** What to do when the server does not let one in, or not write. */
export function mountGate(here, { storage, entry, page }) {
  let refusal = null;
  let shown = null;

  const show = () => {
    const { state, info, site, user } = here;
    const gate = gateFor({ state, refusal, info, site, user, signedIn: page.signedIn });
    part("composer").hidden = gate !== null;
    part("gate").hidden = gate === null;
    // It is read out whenever it is put there, and its button may have the keyboard's focus.
    if (gate && gate.words !== shown) {
      part("gate").replaceChildren(gate.words, ...wayOut(gate.way, storage));
    }
    shown = gate?.words ?? null;
  };

  here.on("refused", async ({ error }) => {
    if (!isAboutName(error)) {
      refusal = error;
      return show();
    }
    here.rename(await entry.ask({ error: error.message, name: error.suggestion }));
  });
  here.on("joined", () => {
    refusal = null;
    show();
  });
  for (const type of ["state", "site", "room"]) here.on(type, show);
}

function wayOut(way, storage) {
  if (!way) return [];
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
  button.textContent = way.words;
  button.addEventListener("click", actions[way.action]);
  return [button];
}
