import { ChatError } from "./errors.js";

const ANSWER_MS = 10_000;

/**
 * Whether pages of this page's website may talk to a site: a browser does not tell why a
 * connection was refused.
 */
export class Permission {
  #environment;
  #api;
  #asking = false;

  /**
   * @param {{clock: object, fetch?: typeof fetch, pageOrigin?: string}} environment
   * @param {string} api what the addresses of the HTTP doors begin with
   */
  constructor(environment, api) {
    this.#environment = environment;
    this.#api = api;
  }

  /**
   * Asks the site, one question at a time.
   *
   * @returns {Promise<ChatError | null>} the refusal; null also where nobody answers in time,
   *   which is a reason to come back later, and while an earlier question waits for its answer
   */
  async refusal() {
    const { fetch, pageOrigin } = this.#environment;
    const isForeign = pageOrigin && pageOrigin !== new URL(this.#api).origin;
    if (!fetch || !isForeign || this.#asking) return null;
    this.#asking = true;
    try {
      const { allowed, reason } = await this.#ask(fetch);
      return allowed === false ? new ChatError("forbidden", reason) : null;
    } catch {
      return null;
    } finally {
      this.#asking = false;
    }
  }

  async #ask(fetch) {
    const { clock } = this.#environment;
    const patience = new AbortController();
    const timer = clock.setTimeout(() => patience.abort(), ANSWER_MS);
    try {
      const { signal } = patience;
      const options = { credentials: "omit", cache: "no-store", signal };
      const answer = await fetch(`${this.#api}origin`, options);
      return await answer.json();
    } finally {
      clock.clearTimeout(timer);
    }
  }
}
