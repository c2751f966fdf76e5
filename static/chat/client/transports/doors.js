import { apiAt } from "../address.js";
import { ChatError } from "../errors.js";
import { FLOODING } from "../protocol.js";

const ANSWER_S = 15;
const UNANSWERED = 1006;

/** A server's no to a request: a ChatError with the `event` that a socket would have told. */
export class Refusal extends ChatError {
  constructor({ code, message, retry_after, suggestion }) {
    super(code, message, { retryAfter: retry_after, suggestion });
    this.event = { type: "error", code, message, retry_after, suggestion };
  }
}

/** A request that nobody answered, or something else than the server: the line is no good. */
export class Unanswered extends Error {
  /**
   * @param {string} [words] a sentence for a person
   * @param {number} [code] a close code
   * @param {number} [retryAfter] in seconds
   */
  constructor(words = "The connection was lost.", code = UNANSWERED, retryAfter = 0) {
    super(words);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** A request that ended without an answer, as one does that is cut off on its way. */
export class CutOff extends Unanswered {}

/** A server's HTTP doors under /api/v1/, for one client: whose `token` it is, else its session. */
export class Doors {
  token = null;
  #base;
  #parts;
  #underWay = new Set();

  /**
   * @param {string} url that of the server's socket, which the doors are beside
   * @param {object} parts fetch, clock and csrfToken(url)
   */
  constructor(url, parts) {
    this.#base = apiAt(url);
    this.#parts = parts;
  }

  /**
   * Reads or, with a `body`, writes; resolves with the answer, which `stop` gives up. Throws
   * Refusal, or Unanswered also where an answer lacks the field that it is asked for: a network
   * that wants one to sign in first answers everything in its own way.
   */
  async ask(path, field, { query, body, seconds = ANSWER_S, stop } = {}) {
    return this.#within(seconds, stop, async (signal) => {
      const response = await this.#request(path, "application/json", { query, body, signal });
      const answer = await answerOf(response, this.#base);
      if (answer[field] === undefined) throw new Unanswered(noChat(this.#base));
      return answer;
    });
  }

  /**
   * Opens a stream of server-sent events; resolves with its Response, whose body ends when
   * `signal` aborts. Throws Refusal or Unanswered.
   */
  async listen(path, { query, signal }) {
    const response = await this.#request(path, "text/event-stream", { query, signal });
    const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream");
    if (response.ok && isStream && response.body) return response;
    // The answer is a refusal or nothing that one understands.
    await answerOf(response, this.#base);
    throw new Unanswered(noChat(this.#base));
  }

  /** Gives up what is under way. */
  close() {
    for (const controller of this.#underWay) controller.abort();
  }

  async #within(seconds, stop, work) {
    const { clock } = this.#parts;
    const controller = new AbortController();
    const abort = () => controller.abort();
    stop?.addEventListener("abort", abort);
    const timer = clock.setTimeout(abort, seconds * 1000);
    this.#underWay.add(controller);
    try {
      return await work(controller.signal);
    } finally {
      stop?.removeEventListener("abort", abort);
      clock.clearTimeout(timer);
      this.#underWay.delete(controller);
    }
  }

  async #request(path, accept, { query = {}, body, signal }) {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const headers = { Accept: accept, ...this.#credentials(url, body) };
    const what = { headers, signal, cache: "no-store" };
    if (body) Object.assign(what, { method: "POST", body: JSON.stringify(body) });
    if (body) headers["Content-Type"] = "application/json";
    const response = await this.#fetched(url.href, what);
    // What was to be written would be lost on the way.
    const { origin } = new URL(response.url || url);
    if (origin === url.origin) return response;
    throw new Unanswered(`${url.origin} sends one on to ${origin}: is the address right?`);
  }

  async #fetched(url, what) {
    try {
      return await this.#parts.fetch(url, what);
    } catch ({ cause }) {
      throw new CutOff(nobody(url, cause?.code));
    }
  }

  /** With a session, a write has to show that it comes from a page of the site itself. */
  #credentials(url, body) {
    if (this.token) return { Authorization: `Bearer ${this.token}` };
    const csrf = body && this.#parts.csrfToken(url);
    return csrf ? { "X-CSRFToken": csrf } : {};
  }
}

/** @param {string} url @param {string} [why] a code of the system's, as programs get one */
export function nobody(url, why) {
  return `Nobody answers at ${new URL(url).origin}${why ? ` (${why})` : ""}.`;
}

function noChat(url) {
  return `What answers at ${new URL(url).origin} is no chat: is the address right?`;
}

async function answerOf(response, url) {
  const answer = await response.json().catch((error) => {
    if (error instanceof SyntaxError) return null;
    throw new CutOff();
  });
  if (response.ok && answer) return answer;
  if (answer?.error?.code) throw new Refusal(answer.error);
  // Somebody between here and the server spoke: of them, only a call for patience is understood.
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  const { status } = response;
  const isBusy = status === 429 || status >= 500;
  const words = isBusy ? `${new URL(url).origin} cannot answer now (${status}).` : noChat(url);
  throw status === 429 ? new Unanswered(words, FLOODING, retryAfter) : new Unanswered(words);
}
