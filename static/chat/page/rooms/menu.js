import { waysIn } from "../logic/roomways.js";
import { part } from "../parts/dom.js";
import { build } from "./build.js";
import { openHearing } from "./hearing.js";
import { openInviting } from "./inviting.js";
import { openDeleting, openHiding, openLeaving } from "./leaving.js";
import { openSettings } from "./settings.js";
import { translate } from "./words.js";

const COPY = '[data-action="copy-link"]';
const WAYS = {
  invite: { key: "invitePeople", open: openInviting },
  hear: { key: "hearOf", open: openHearing },
  settings: { key: "roomSettings", open: openSettings },
  leave: { key: "leaveRoom", open: openLeaving },
  hide: { key: "hideDirect", open: openHiding },
  delete: { key: "deleteRoom", open: openDeleting },
};

/**
 * Puts what one may do with the room that is shown into the menu of the page, and takes its link away
 * where that lets nobody in. Where one is gone from a room, `onGone(view, way)` is called, with "leave",
 * "hide" or "delete".
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
    if (view?.info) showLink(view, ways, choose);
    // A button may have the focus.
    if (ways.join() === shown) return;
    shown = ways.join();
    group.replaceChildren(...ways.map((way) => buttonOf(way, choose)));
  };
  for (const type of ["shown", "info"]) views.on(type, update);
  part("menu").querySelector(COPY).after(group);
  update();
}

/**
 * Shows the link of a room, and the words for an empty one that speak of it, only where it lets
 * people in: to others they are invited.
 */
function showLink({ info, root, part: partOfRoom }, ways, choose) {
  const isPublic = info.kind === "public";
  for (const place of [root, part("menu"), part("people-panel")]) place.querySelector(COPY).hidden = !isPublic;
  const words = partOfRoom("beginning-words");
  words.textContent = isPublic ? words.dataset.words : translate("nothingSaid");
  const isInvited = !isPublic && ways.includes("invite");
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
  button.addEventListener("click", () => choose(way));
  return button;
}
