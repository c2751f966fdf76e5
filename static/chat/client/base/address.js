import { ChatError } from "./errors.js";

const SOCKET_SCHEMES = { "http:": "ws:", "https:": "wss:", "ws:": "ws:", "wss:": "wss:" };
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Returns the address of a site's WebSocket for the address that a developer passes to `connect`:
 * `https://chat.example.org`, with a path where the site has one, or the socket's own
 * `wss://chat.example.org/ws/`.
 *
 * @param {string | URL | undefined} address where it is undefined, the site that served the library
 * @param {{home?: string | null, page?: string}} [origins] the address of the library, and the
 *   origin of the page
 * @returns {string} Throws a ChatError, `bad_address`, for anything else.
 */
export function socketAt(address, { home, page } = {}) {
  const url = address === undefined ? siteOf(home) : parseUrl(String(address));
  const scheme = SOCKET_SCHEMES[url?.protocol];
  if (!scheme || !url.hostname || url.username || url.search || url.hash) {
    throw badAddress(
      `“${address}” is not the address of a chat. Write it like https://chat.example.org.`,
    );
  }
  if (page?.startsWith("https:") && scheme === "ws:" && !LOCAL.test(url.hostname)) {
    throw badAddress(
      "A page on https can only reach a chat on https. Write its address with https://.",
    );
  }
  const path = url.pathname.replace(/(\/ws)?\/*$/, "");
  return `${scheme}//${url.host}${path}/ws/`;
}

/** Returns the base address of the HTTP API of the site with this WebSocket address. */
export function apiAt(socket) {
  return `${socket.replace(/^ws/, "http").replace(/ws\/$/, "")}api/v1/`;
}

/** Returns the address of the site that served this file. */
function siteOf(home) {
  const url = home && parseUrl(home);
  if (!url || !url.protocol.startsWith("http")) {
    throw badAddress(
      "Which chat? Give its address first, as in connect(\"https://chat.example.org\", …).",
    );
  }
  return new URL(".", `${url.origin}${url.pathname}`);
}

/** Returns the URL that a text is, or null. */
export function parseUrl(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function badAddress(message) {
  return new ChatError("bad_address", message);
}
