/**
 * Asks a site whether pages of this page's website may connect to it: the one response that every
 * page can read.
 *
 * @param {{fetch: typeof fetch, clock: object}} environment
 * @param {string} api the base address of the HTTP API
 * @param {number} timeout in ms
 * @returns {Promise<{allowed?: boolean, reason?: string, error?: {code: string}}>} Rejects where
 *   there is no response in time, or one that is no JSON.
 */
export async function requestOrigin({ fetch, clock }, api, timeout) {
  const controller = new AbortController();
  const timer = clock.setTimeout(() => controller.abort(), timeout);
  try {
    const { signal } = controller;
    const options = { credentials: "omit", cache: "no-store", signal };
    const response = await fetch(`${api}origin`, options);
    return await response.json();
  } finally {
    clock.clearTimeout(timer);
  }
}
