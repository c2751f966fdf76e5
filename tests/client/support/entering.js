import { connect } from "../../../static/chat/client.js";
import { storeItem } from "../../../static/chat/client/base/storage.js";
import { recorder, storages } from "./server.js";
import { World } from "./world.js";

/** Returns a world with these faults. */
export function makeWorld(faults = {}) {
  return Object.assign(new World(), faults);
}

/** Returns a client in the lobby of a world. */
export async function enterLobby(world, { storage = storages(), seconds = 0, ...options } = {}) {
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

/** Returns a client in the lobby by one kind of transport, which the tab remembers. */
export async function enterLobbyBy(kind, world = new World()) {
  world.upgrades = kind === "websocket";
  const storage = storages();
  if (kind !== "websocket") storeItem(storage.session, "chat:transport", kind);
  return enterLobby(world, { storage });
}

/** Returns how often a WebSocket was tried. */
export const socketsTried = ({ requests }) => requests.filter((each) => each === "WebSocket").length;

/** Returns how often the server was asked whether it is back. */
export const looks = ({ requests }) => requests.filter((each) => each === "GET origin").length;

/** Returns the texts of a room's messages, as a client has them. */
export function shown(chat, room = "lobby") {
  return chat.snapshot(room).messages.map(({ body }) => body);
}
