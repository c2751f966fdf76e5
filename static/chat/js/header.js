import { part } from "./dom.js";
import { roomPath } from "./logic/addresses.js";

const WORDS = {
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
  const showState = ({ name }) => {
    const connection = part("connection");
    connection.dataset.state = name;
    connection.title = WORDS[name];
    connection.firstElementChild.textContent = WORDS[name];
  };
  here.on("joined", showRoom);
  here.on("room", showRoom);
  here.on("state", showState);
  showState(here.state);
}

/** A room that moved is found, after a reload, where it is now. */
function showAddress(slug) {
  const path = roomPath(slug);
  if (location.pathname !== path) history.replaceState(null, "", path);
}
