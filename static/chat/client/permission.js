import { ChatError } from "./errors.js";

/**
 * Asks a site whether pages of this page's website may talk to it: a browser does not tell why a
 * connection was refused.
 *
 * @param {{fetch?: typeof fetch, pageOrigin?: string}} environment
 * @param {string} api what the addresses of the HTTP doors begin with
 * @returns {Promise<ChatError | null>} the refusal; null also where nobody answers, which is a
 *   reason to come back later
 */
export async function refusalOfPage({ fetch, pageOrigin }, api) {
  if (!fetch || !pageOrigin || pageOrigin === new URL(api).origin) return null;
  try {
    const answer = await fetch(`${api}origin`, { credentials: "omit", cache: "no-store" });
    const { allowed, reason } = await answer.json();
    return allowed === false ? new ChatError("forbidden", reason) : null;
  } catch {
    return null;
  }
}
