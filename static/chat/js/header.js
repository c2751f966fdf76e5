import { followConnection } from "./connection.js";
import { part } from "./dom.js";
import { roomPath } from "./logic/addresses.js";

const WORDS = {
  offline: "Offline",
  connecting: "Connecting",
  open: "Connected",
  waiting: "Reconnecting",
  stopped: "Not connected",
};

/** The room's name and topic, and whether there is a connection. */
export function mountHeader(here) {
  const showRoom = ({ info }) => {
    part("room-name").textContent = info.name;
    part("room-topic").textContent = info.topic;
    part("room-topic").hidden = info.topic === "";
    showAddress(info.slug);
  };
  const showState = ({ name, offline }) => {
    const connection = part("connection");
    const state = offline && name !== "stopped" ? "offline" : name;
    connection.dataset.state = state;
    connection.title = WORDS[state];
    connection.firstElementChild.textContent = WORDS[state];
  };
  here.on("joined", showRoom);
  here.on("room", showRoom);
  followConnection(here, showState);
}

/** A room that moved is found, after a reload, where it is now. */
function showAddress(slug) {
  const path = roomPath(slug);
  if (location.pathname !== path) history.replaceState(null, "", path);
}
