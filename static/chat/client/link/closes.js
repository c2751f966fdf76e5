import { ChatError } from "../base/errors.js";
import { FLOODING, FLOODING_PAUSE_S, MALFORMED, REMOVED, SIGNED_OUT } from "../base/protocol.js";

const FINAL = new Map([
  [MALFORMED, ["bad_request", "The server did not understand this page."]],
  [SIGNED_OUT, ["unauthorized", "You have been signed out."]],
  [REMOVED, ["forbidden", "You were removed from this site by its admin."]],
]);

/**
 * Returns what to do after a connection was closed with `code`.
 *
 * @param {number} code the close code
 * @param {number} [retryAfter] seconds, from the last error before the close
 * @returns {{stop: true, reason: string} | {stop: false, atLeast: number}} `atLeast` in ms
 */
export function afterClose(code, retryAfter = 0) {
  if (FINAL.has(code)) return { stop: true, reason: FINAL.get(code)[1] };
  const seconds = code === FLOODING ? Math.max(FLOODING_PAUSE_S, retryAfter) : 0;
  return { stop: false, atLeast: seconds * 1000 };
}

/**
 * Returns the error for commands and joins that still wait when the connection stops.
 *
 * @param {{code: number | string, reason: string}} state the close code, or that of an error
 * @param {ChatError | null} lastError the server's last error: a close code has no sentence of
 *   its own
 * @returns {ChatError} `disconnected` where nobody refused anything
 */
export function errorOfStop({ code, reason }, lastError) {
  const [codeOfClose] = FINAL.get(code) ?? ["disconnected"];
  const errorCode = Number.isInteger(code) ? codeOfClose : code;
  return errorCode === lastError?.code ? lastError : new ChatError(errorCode, reason);
}
