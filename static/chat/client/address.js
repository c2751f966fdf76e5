import { ChatError } from "./errors.js";

const SOCKET_SCHEMES = { "http:": "ws:", "https:": "wss:", "ws:": "ws:", "wss:": "wss:" };
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The address of a site's socket, from what a developer gives: `https://chat.example.org`, with a
 * path where the site has one, or the socket's own `wss://chat.example.org/ws/`.
 *
 * @param {string | URL | undefined} address without one, the site is where the library came from
 * @param {{home?: string | null, page?: string}} [around] the address of the library, and the
 *   origin of the page
 * @returns {string} Throws a ChatError, `bad_address`, for what is none.
 */
export function socketAt(address, { home, page } = {}) {
  const url = address === undefined ? siteOf(home) : parsed(String(address));
  const scheme = SOCKET_SCHEMES[url?.protocol];
  if (!scheme || !url.hostname || url.username || url.search || url.hash) {
    throw bad(`“${address}” is not the address of a chat: write it like https://chat.example.org.`);
  }
  if (page?.startsWith("https:") && scheme === "ws:" && !LOCAL.test(url.hostname)) {
    throw bad("A page on https can only reach a chat on https: write its address with https://.");
  }
  const path = url.pathname.replace(/(\/ws)?\/*$/, "");
  return `${scheme}//${url.host}${path}/ws/`;
}

/** The address that the HTTP doors of the site with this socket begin with. */
export function apiAt(socket) {
  return `${socket.replace(/^ws/, "http").replace(/ws\/$/, "")}api/v1/`;
}

/** Where a site is that gave this file. */
function siteOf(home) {
  const url = home && parsed(home);
  if (!url || !url.protocol.startsWith("http")) {
    throw bad("Which chat? Give its address first: connect(\"https://chat.example.org\", …).");
  }
  return new URL(".", `${url.origin}${url.pathname}`);
}

function parsed(text) {
  return URL.canParse(text) ? new URL(text) : null;
}

function bad(message) {
  return new ChatError("bad_address", message);
}
