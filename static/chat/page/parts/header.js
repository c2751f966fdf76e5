import { isAboutName } from "../logic/gate.js";
import { roomPath } from "../logic/roompath.js";
import { translate } from "../logic/translate.js";
import { watchConnection } from "./connection.js";
import { part } from "./dom.js";
import { showText } from "./text.js";

const WORDS = {
  offline: translate("stateOffline"),
  connecting: translate("stateConnecting"),
  open: translate("stateOpen"),
  simpler: translate("stateSimpler"),
  waiting: translate("stateWaiting"),
  stopped: translate("stateStopped"),
};

/**
 * The name and topic of the room that is shown, its link where that lets people in, and the state of
 * the connection.
 */
export function mountHeader(chat, views) {
  let wasOpen = false;
  const showRoom = (view) => {
    if (!view.isShown) return;
    const { name, topic = "" } = view.info ?? view;
    document.body.classList.toggle("ended", view.isEnded);
    part("room-name").textContent = name;
    showText(part("room-topic"), topic);
    part("room-topic").hidden = topic === "";
    for (const place of ["menu-link", "people-link"]) part(place).hidden = view.info?.kind !== "public";
    if (view.info) showAddress(view.info.slug);
  };
  const showConnection = (state) => {
    // The page asks for another name.
    if (state.name === "stopped" && isAboutName(state)) return;
    const connection = part("connection");
    wasOpen ||= state.name === "open";
    const shown = stateShown(state, wasOpen);
    connection.hidden = false;
    connection.dataset.state = shown;
    connection.title = WORDS[shown];
    connection.firstElementChild.textContent = WORDS[shown];
    // On a phone nobody hovers over a sign: what needs words is in the menu too.
    part("connection-words").textContent = WORDS[shown];
    part("connection-words").hidden = shown === "open";
  };
  for (const type of ["shown", "info"]) views.on(type, showRoom);
  watchConnection(chat, showConnection);
}

/** An attempt to connect again is a part of the wait: its words stay where they are. */
function stateShown({ name, transport, offline }, wasOpen) {
  if (offline && name !== "stopped") return "offline";
  if (name === "connecting" && wasOpen) return "waiting";
  return name === "open" && transport !== "websocket" ? "simpler" : name;
}

/** Replaces the page's address, so that a reload finds a room that moved. */
function showAddress(slug) {
  const path = roomPath(slug);
  if (location.pathname !== path) history.replaceState(history.state, "", path + location.search);
}
