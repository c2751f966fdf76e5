/** @import { Options } from "./client/base/types.js" */
import { apiAt, socketAt } from "./client/base/address.js";
import { Chat } from "./client/chat.js";
import { systemEnvironment } from "./client/base/environment.js";
import { ChatError, checkText, usageError } from "./client/base/errors.js";
import { home } from "./client/base/home.js";
import { storageFor } from "./client/base/storage.js";

export { ChatError } from "./client/base/errors.js";

export const version = "0.1.0";

const TEXTS = ["name", "token", "room"];
const OWN_OPTIONS = [...TEXTS, "signedIn"];

/**
 * Connects to a chat, and reconnects by itself.
 *
 *     const chat = connect("https://chat.example.org", { name: "Ana", room: "lobby" });
 *     chat.on("message", ({ message }) => console.log(message.author.name, message.body));
 *     await chat.send("Hello");
 *
 * @overload
 * @param {string | URL} address of the site, or of its socket: https:, http:, wss: or ws:
 * @param {Options} [options]
 * @returns {InstanceType<typeof Chat>} Throws a ChatError for what is no address.
 */
/**
 * Connects to the chat that served this library, and reconnects by itself.
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
  const { name, token, signedIn, room, ...environment } = completeOptions(options ?? {});
  const socket = socketAt(address, { home, page: environment.pageOrigin });
  if (!options?.storage) environment.storage = storageOf(socket, environment);
  const chat = new Chat(socket, { name, token, signedIn, room, ...environment });
  if (room !== undefined) chat.join(room);
  return chat;
}

export const Chatsite = { connect, ChatError, version };

function isOptions(value) {
  return typeof value === "object" && value !== null && !(value instanceof URL);
}

/**
 * Returns the options with the system's defaults. Null counts as no option: `prompt` returns it
 * where a person was asked for a name and gave none.
 */
function completeOptions(options) {
  const environment = systemEnvironment();
  if (!isOptions(options)) {
    throw usageError("connect takes its options as an object: { name: \"Ana\", room: \"lobby\" }.");
  }
  for (const option of Object.keys(options)) {
    if (option in environment || OWN_OPTIONS.includes(option)) continue;
    const all = [...OWN_OPTIONS, ...Object.keys(environment)].join(", ");
    throw usageError(`connect takes no “${option}”; it takes ${all}.`);
  }
  const all = { ...environment, ...options };
  for (const option of TEXTS) {
    all[option] = all[option] == null ? undefined : checkText(all[option], `${option} is a text.`);
  }
  if (typeof (all.signedIn ?? false) !== "boolean") {
    throw usageError("signedIn is true or false.");
  }
  if (typeof all.keep === "number" && all.keep >= 1) return all;
  throw usageError("keep is a number, of messages to hold of a room: 1 or more.");
}

/** Returns the page's storage; with a prefix, unless this is the chat's own website at its root. */
function storageOf(socket, { storage, pageOrigin }) {
  const isOwnPage = !pageOrigin || apiAt(socket) === `${pageOrigin}/api/v1/`;
  return isOwnPage ? storage : storageFor(socket, storage);
}
