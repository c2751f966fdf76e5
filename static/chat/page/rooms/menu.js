import { waysIn } from "../logic/roomways.js";
import { part } from "../parts/dom.js";
import { build } from "./build.js";
import { openHearing } from "./hearing.js";
import { openInviting } from "./inviting.js";
import { openDeleting, openHiding, openLeaving } from "./leaving.js";
import { openSettings } from "./settings.js";
import { translate } from "./words.js";

const WAYS = {
  invite: { key: "invitePeople", open: openInviting },
  hear: { key: "hearOf", open: openHearing },
  settings: { key: "roomSettings", open: openSettings },
  leave: { key: "leaveRoom", open: openLeaving },
  hide: { key: "hideDirect", open: openHiding },
  delete: { key: "deleteRoom", open: openDeleting },
};

/**
 * Puts what one may do with the room that is shown into the menu of the page. Where one is gone from a
 * room, `onGone(view, way)` is called, with "leave", "hide" or "delete".
 */
export function mountRoomMenu({ chat, views, api, onGone }) {
  const group = build("div", { class: "menu-room" });
  const openers = [part("menu-button")];
  let shown = "";

  const choose = (way) => {
    const view = views.shown;
    WAYS[way].open({ api, view, user: chat.user, list: chat.list, openers, onGone: () => onGone(view, way) });
  };
  const update = () => {
    const view = views.shown;
    const ways = view?.info && !view.isEnded ? waysIn(view.info, chat.user?.kind !== "guest") : [];
    if (view?.info) showInvite(view, ways, choose);
    // A button may have the focus.
    if (ways.join() === shown) return;
    shown = ways.join();
    group.replaceChildren(...ways.map((way) => buttonOf(way, choose)));
  };
  for (const type of ["shown", "info"]) views.on(type, update);
  part("menu-link").after(group);
  update();
}

/** Shows the button for inviting people where the link to the room, which is there else, lets nobody in. */
function showInvite({ info, root, part: partOfRoom }, ways, choose) {
  const isInvited = info.kind !== "public" && ways.includes("invite");
  const former = part("invite", root);
  if (former) former.hidden = !isInvited;
  else if (isInvited) partOfRoom("beginning").append(inviteButton(choose));
}

function inviteButton(choose) {
  const properties = { class: "text-button", type: "button", data: { part: "invite" } };
  const button = build("button", { ...properties, textContent: translate("invitePeople") });
  button.addEventListener("click", () => choose("invite"));
  return button;
}

function buttonOf(way, choose) {
  const properties = { class: "text-button", type: "button", popovertarget: "menu", popovertargetaction: "hide" };
  const button = build("button", { ...properties, textContent: translate(WAYS[way].key) });
  button.classList.toggle("danger", way === "delete");
  button.addEventListener("click", () => choose(way));
  return button;
}
