import { ChatError } from "./base/errors.js";
import { requestOrigin } from "./base/origin.js";

const TIMEOUT_MS = 10_000;

/**
 * Asks a site whether pages of this page's website may connect to it: a browser does not say why
 * a connection was refused.
 */
export class Permission {
  #environment;
  #api;
  #isAsking = false;

  /**
   * @param {{clock: object, fetch?: typeof fetch, pageOrigin?: string}} environment
   * @param {string} api the base address of the HTTP API
   */
  constructor(environment, api) {
    this.#environment = environment;
    this.#api = api;
  }

  /**
   * Returns the refusal, else null: also where there is no response in time, which is a reason to
   * try again later, and while an earlier request is under way.
   *
   * @returns {Promise<ChatError | null>}
   */
  async refusalOfOrigin() {
    const { fetch, pageOrigin } = this.#environment;
    const isForeign = pageOrigin && pageOrigin !== new URL(this.#api).origin;
    if (!fetch || !isForeign || this.#isAsking) return null;
    this.#isAsking = true;
    try {
      const { allowed, reason } = await requestOrigin(this.#environment, this.#api, TIMEOUT_MS);
      return allowed === false ? new ChatError("forbidden", reason) : null;
    } catch {
      return null;
    } finally {
      this.#isAsking = false;
    }
  }
}
