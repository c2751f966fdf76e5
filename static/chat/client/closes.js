const FLOOD_PAUSE_S = 10;

const FINAL = new Map([
  [4400, "The server did not understand this page."],
  [4401, "You have been signed out."],
  [4403, "You were removed from this site by its admin."],
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
  const seconds = code === 4429 ? Math.max(FLOOD_PAUSE_S, retryAfter) : 0;
  return { stop: false, atLeast: seconds * 1000 };
}
