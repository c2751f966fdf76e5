import { ChatError } from "../base/errors.js";
import { FLOODING, FLOODING_PAUSE_S, MALFORMED, REMOVED, SIGNED_OUT } from "../base/protocol.js";

const FINAL = new Map([
  [MALFORMED, ["bad_request", "The server did not understand this program."]],
  [SIGNED_OUT, ["unauthorized", "You were signed out. Sign in to go on."]],
  [REMOVED, ["forbidden", "You can no longer take part here. An admin can tell you why."]],
]);

const TOO_MUCH = "This was too much at once. The server asked to wait.";

/**
 * Returns what to do after a connection was closed with `code`.
 *
 * @param {number} code the close code
 * @param {number} [retryAfter] seconds, from the last error before the close
 * @returns {{stop: true, reason: string} | {stop: false, atLeast: number, reason?: string}}
 *   `atLeast` in ms; the reason of a wait that the server asked for
 */
export function afterClose(code, retryAfter = 0) {
  if (FINAL.has(code)) return { stop: true, reason: FINAL.get(code)[1] };
  if (code !== FLOODING) return { stop: false, atLeast: 0 };
  const atLeast = Math.max(FLOODING_PAUSE_S, retryAfter) * 1000;
  return { stop: false, atLeast, reason: TOO_MUCH };
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
