import { waysIn } from "../logic/roomways.js";
import { part } from "../parts/dom.js";
import { build } from "./build.js";
import { openInviting } from "./inviting.js";
import { openDeleting, openHiding, openLeaving } from "./leaving.js";
import { openSettings } from "./settings.js";
import { translate } from "./words.js";

const WAYS = {
  invite: { key: "invitePeople", open: openInviting },
  settings: { key: "roomSettings", open: openSettings },
  leave: { key: "leaveRoom", open: openLeaving },
  hide: { key: "hideDirect", open: openHiding },
  delete: { key: "deleteRoom", open: openDeleting },
};

/**
 * Puts what one may do with the room that is shown into the menu of the page. Where one is gone from
 * a room, `onGone(view)` is called.
 */
export function mountRoomMenu({ chat, views, api, onGone }) {
  const group = build("div", { class: "menu-room" });
  const openers = [part("menu-button")];
  let shown = "";

  const choose = (way) => {
    const view = views.shown;
    WAYS[way].open({ api, view, user: chat.user, openers, onGone: () => onGone(view) });
  };
  const update = () => {
    const view = views.shown;
    const isThere = view?.info && chat.user && !view.isEnded;
    const ways = isThere ? waysIn({ kind: view.info.kind, my: myOf(view, chat) }, chat.user) : [];
    // A button may have the focus.
    if (ways.join() === shown) return;
    shown = ways.join();
    group.replaceChildren(...ways.map((way) => buttonOf(way, choose)));
  };
  for (const type of ["shown", "info"]) views.on(type, update);
  for (const type of ["welcome", "rooms"]) chat.on(type, update);
  part("menu").querySelector('[data-action="copy-link"]').after(group);
  update();
}

/** The list has what is sent to this person alone, and newer than the room that was joined. */
function myOf({ slugs, info }, { list }) {
  return list.find(({ room }) => slugs.has(room.slug)) ?? info.my;
}

function buttonOf(way, choose) {
  const properties = { class: "text-button", type: "button", popovertarget: "menu", popovertargetaction: "hide" };
  const button = build("button", { ...properties, textContent: translate(WAYS[way].key) });
  button.addEventListener("click", () => choose(way));
  return button;
}
