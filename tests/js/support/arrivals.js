import { connect } from "../../../static/chat/client.js";
import { keep } from "../../../static/chat/client/storage.js";
import { recorder, storages } from "./server.js";
import { World } from "./world.js";

/** A world that something is wrong with. */
export function world(about = {}) {
  return Object.assign(new World(), about);
}

/** A client in the lobby of a world that is as it was made. */
export async function arrive(world, { storage = storages(), seconds = 0, ...options } = {}) {
  world.room("lobby");
  const network = {};
  const signals = (handlers) => {
    Object.assign(network, handlers);
    return () => {};
  };
  const { WebSocket, fetch, clock } = world;
  const parts = { WebSocket, fetch, clock, storage, signals, random: () => 0.5, ...options };
  const chat = connect("ws://chat.test/ws/", { name: "Ana", room: "lobby", ...parts });
  const events = recorder(chat);
  await world.run(seconds);
  return { world, chat, events, network, storage };
}

/** The same, by the only way that there is, which the tab found before. */
export async function inLobby(way, there = new World()) {
  there.upgrades = way === "websocket";
  const storage = storages();
  if (way !== "websocket") keep(storage.session, "chat:transport", way);
  return arrive(there, { storage });
}

/** How often a WebSocket was tried. */
export const tried = ({ asked }) => asked.filter((each) => each === "WebSocket").length;

/** What is said in a room, as a client has it. */
export function shown(chat, room = "lobby") {
  return chat.snapshot(room).messages.map(({ body }) => body);
}
