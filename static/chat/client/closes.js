import { ChatError } from "./errors.js";
import { FLOODING, FLOODING_PAUSE_S, MALFORMED, REMOVED, SIGNED_OUT } from "./protocol.js";

const FINAL = new Map([
  [MALFORMED, ["bad_request", "The server did not understand this page."]],
  [SIGNED_OUT, ["unauthorized", "You have been signed out."]],
  [REMOVED, ["forbidden", "You were removed from this site by its admin."]],
]);

/**
 * What to do after a socket closed with `code`.
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
 * What it means for whoever waits for an answer that a connection stopped.
 *
 * @param {{code: number | string, reason: string}} state the close code, or that of an error
 * @param {ChatError | null} told what the server said last: a close code has no words of its own
 * @returns {ChatError} `disconnected` where nobody refused anything
 */
export function errorOfStop({ code, reason }, told) {
  const [ofClose] = FINAL.get(code) ?? ["disconnected"];
  const named = Number.isInteger(code) ? ofClose : code;
  return named === told?.code ? told : new ChatError(named, reason);
}
