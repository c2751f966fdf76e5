import { Chat } from "./client/chat.js";
import { systemEnvironment } from "./client/environment.js";

export { ChatError } from "./client/errors.js";

/**
 * Connects to a chat server and keeps connected.
 *
 *     const chat = connect("wss://chat.example.org/ws/", { name: "Ana", room: "lobby" });
 *     chat.on("message", ({ room, message }) => console.log(message.author.name, message.body));
 *     await chat.send("lobby", "Hello");
 *
 * @param {string} url the server's socket, ws: or wss:
 * @param {object} [options]
 * @param {string} [options.name] what a guest wants to be called
 * @param {string} [options.token] of a guest or a bot, to be the same one again
 * @param {boolean} [options.signedIn] the browser's session says who this is
 * @param {string} [options.room] a room to join at once
 * @param {object} [options.WebSocket] like `clock`, `random`, `storage`, `signals` and `newId`, to
 *   be used instead of the system's: see `systemEnvironment`
 * @returns {Chat}
 */
export function connect(url, { name, token, signedIn, room, ...environment } = {}) {
  const chat = new Chat(url, { name, token, signedIn, ...systemEnvironment(), ...environment });
  if (room) chat.join(room);
  return chat;
}
