import { followConnection } from "./connection.js";
import { part } from "./dom.js";
import { roomPath } from "./logic/addresses.js";

const WORDS = {
  offline: "Offline",
  connecting: "Connecting",
  open: "Connected",
  simpler: "Connected, in a simpler way. Messages may take a moment longer.",
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
  const showState = (current) => {
    const connection = part("connection");
    const state = stateShown(current);
    connection.dataset.state = state;
    connection.title = WORDS[state];
    connection.firstElementChild.textContent = WORDS[state];
    // Nobody hovers over a sign on a phone: what is worth a word is in the menu too.
    part("connection-words").textContent = WORDS[state];
    part("connection-words").hidden = state === "open";
  };
  here.on("joined", showRoom);
  here.on("room", showRoom);
  followConnection(here, showState);
}

function stateShown({ name, transport, offline }) {
  if (offline && name !== "stopped") return "offline";
  return name === "open" && transport !== "websocket" ? "simpler" : name;
}

/** A room that moved is found, after a reload, where it is now. */
function showAddress(slug) {
  const path = roomPath(slug);
  if (location.pathname !== path) history.replaceState(null, "", path);
}
