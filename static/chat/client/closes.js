import { FLOODING, FLOODING_PAUSE_S, MALFORMED, REMOVED, SIGNED_OUT } from "./protocol.js";

const FINAL = new Map([
  [MALFORMED, "The server did not understand this page."],
  [SIGNED_OUT, "You have been signed out."],
  [REMOVED, "You were removed from this site by its admin."],
]);

/**
 * What to do after a socket closed with `code`.
 *
 * @param {number} code the close code
 * @param {number} [retryAfter] seconds, from the last error before the close
 * @returns {{stop: true, reason: string} | {stop: false, atLeast: number}} `atLeast` in ms
 */
export function afterClose(code, retryAfter = 0) {
  if (FINAL.has(code)) return { stop: true, reason: FINAL.get(code) };
  const seconds = code === FLOODING ? Math.max(FLOODING_PAUSE_S, retryAfter) : 0;
  return { stop: false, atLeast: seconds * 1000 };
}
