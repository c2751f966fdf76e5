/** @import { Options } from "./client/types.js" */
import { apiAt, socketAt } from "./client/address.js";
import { Chat } from "./client/chat.js";
import { systemEnvironment } from "./client/environment.js";
import { ChatError } from "./client/errors.js";
import { misuse, textOf } from "./client/given.js";
import { home } from "./client/home.js";
import { storageFor } from "./client/storage.js";

export { ChatError } from "./client/errors.js";

export const version = "0.1.0";

const TEXTS = ["name", "token", "room"];
const OWN = [...TEXTS, "signedIn"];

/**
 * Connects to a chat, and keeps connected.
 *
 *     const chat = connect("https://chat.example.org", { name: "Ana", room: "lobby" });
 *     chat.on("message", ({ message }) => console.log(message.author.name, message.body));
 *     await chat.send("Hello");
 *
 * @overload
 * @param {string | URL} address of the site, or of its socket: https:, http:, wss: or ws:
 * @param {Options} [options]
 * @returns {InstanceType<typeof Chat>} Throws a ChatError where the address is none.
 */
/**
 * Connects to the chat that this library came from, and keeps connected.
 *
 * @overload
 * @param {Options} [options]
 * @returns {InstanceType<typeof Chat>}
 */
/**
 * @param {string | URL | Options} [address]
 * @param {Options} [options]
 */
export function connect(address, options) {
  if (isOptions(address)) return connect(undefined, address);
  const { name, token, signedIn, room, ...environment } = around(options ?? {});
  const socket = socketAt(address, { home, page: environment.pageOrigin });
  if (!options?.storage) environment.storage = storageOf(socket, environment);
  const chat = new Chat(socket, { name, token, signedIn, room, ...environment });
  if (room !== undefined) chat.join(room);
  return chat;
}

export const Chatsite = { connect, ChatError, version };

function isOptions(given) {
  return typeof given === "object" && given !== null && !(given instanceof URL);
}

/**
 * The options, with the system's parts where none were given. Null is none too: it is what one
 * gets who asks for a name and is not answered.
 */
function around(options) {
  const environment = systemEnvironment();
  if (!isOptions(options)) {
    throw misuse("connect takes its options as an object: { name: \"Ana\", room: \"lobby\" }.");
  }
  for (const option of Object.keys(options)) {
    if (option in environment || OWN.includes(option)) continue;
    const all = [...OWN, ...Object.keys(environment)].join(", ");
    throw misuse(`connect takes no “${option}”; it takes ${all}.`);
  }
  const all = { ...environment, ...options };
  for (const option of TEXTS) {
    all[option] = all[option] == null ? undefined : textOf(all[option], `${option} is a text.`);
  }
  if (typeof all.keep === "number" && all.keep >= 1) return all;
  throw misuse("keep is a number, of messages to hold of a room: 1 or more.");
}

/** A chat has the page's storage to itself where the website is its own: not under a path. */
function storageOf(socket, { storage, pageOrigin }) {
  const isOwnPage = !pageOrigin || apiAt(socket) === `${pageOrigin}/api/v1/`;
  return isOwnPage ? storage : storageFor(socket, storage);
}
