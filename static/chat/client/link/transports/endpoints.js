import { apiAt } from "../../base/address.js";
import { ChatError } from "../../base/errors.js";
import { FLOODING } from "../../base/protocol.js";

const TIMEOUT_S = 15;
const CUT_OFF = 1006;

/** The server's refusal of a request: a ChatError with the `event` that a socket would receive. */
export class Refusal extends ChatError {
  constructor({ code, message, retry_after, suggestion }) {
    super(code, message, { retryAfter: retry_after, suggestion });
    this.event = { type: "error", code, message, retry_after, suggestion };
  }
}

/** A request without a response, or with one that is not the server's: the connection is lost. */
export class NoResponse extends Error {
  /**
   * @param {string} [message] a sentence for a person
   * @param {number} [code] a close code
   * @param {number} [retryAfter] in seconds
   */
  constructor(message = "The connection was lost.", code = CUT_OFF, retryAfter = 0) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** A request that failed before its response was complete, as one that a proxy cuts. */
export class ConnectionCut extends NoResponse {}

/** The server's HTTP endpoints under /api/v1/, for one person: by `token`, else by the session. */
export class Endpoints {
  token = null;
  #base;
  #parts;
  #controllers = new Set();

  /**
   * @param {string} url of the server's WebSocket
   * @param {object} parts fetch, clock and csrfToken(url)
   */
  constructor(url, parts) {
    this.#base = apiAt(url);
    this.#parts = parts;
  }

  /**
   * Reads or, with a `body` or another `method`, writes; resolves with the response's JSON. The signal `stop` aborts
   * it. Throws Refusal, or NoResponse, which includes a response without `field`: a network that
   * wants people to sign in first responds to everything with its own page.
   */
  async fetchJson(path, field, { seconds = TIMEOUT_S, stop, ...request } = {}) {
    return this.#abortAfter(seconds, stop, async (signal) => {
      const response = await this.#request(path, "application/json", { ...request, signal });
      const content = await parseResponse(response, this.#base);
      if (content[field] === undefined) throw new NoResponse(noChatMessage(this.#base));
      return content;
    });
  }

  /** Writes where the response has no content. Throws Refusal, or NoResponse. */
  async write(path, request) {
    await this.#abortAfter(TIMEOUT_S, undefined, async (signal) => {
      const response = await this.#request(path, "application/json", { ...request, signal });
      if (response.status !== 204) await parseResponse(response, this.#base);
    });
  }

  /**
   * Opens a stream of server-sent events; resolves with its Response, whose body ends when
   * `signal` aborts. Throws Refusal or NoResponse.
   */
  async fetchStream(path, { query, signal }) {
    const response = await this.#request(path, "text/event-stream", { query, signal });
    const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream");
    if (response.ok && isStream && response.body) return response;
    // Throws the refusal, if the response is one.
    await parseResponse(response, this.#base);
    throw new NoResponse(noChatMessage(this.#base));
  }

  /** Aborts every request. */
  close() {
    for (const controller of this.#controllers) controller.abort();
  }

  async #abortAfter(seconds, stop, work) {
    const { clock } = this.#parts;
    const controller = new AbortController();
    const abort = () => controller.abort();
    stop?.addEventListener("abort", abort);
    const timer = clock.setTimeout(abort, seconds * 1000);
    this.#controllers.add(controller);
    try {
      return await work(controller.signal);
    } finally {
      stop?.removeEventListener("abort", abort);
      clock.clearTimeout(timer);
      this.#controllers.delete(controller);
    }
  }

  async #request(path, accept, { query = {}, body, method = body ? "POST" : "GET", signal }) {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const headers = { Accept: accept, ...this.#credentials(url, method !== "GET") };
    const options = { method, headers, signal, cache: "no-store" };
    if (body) options.body = JSON.stringify(body);
    if (body) headers["Content-Type"] = "application/json";
    const response = await this.#fetch(url.href, options);
    // A redirect to another origin would lose the body of a write.
    const { origin } = new URL(response.url || url);
    if (origin === url.origin) return response;
    throw new NoResponse(`${url.origin} sends one on to ${origin}. Is the address right?`);
  }

  async #fetch(url, options) {
    try {
      return await this.#parts.fetch(url, options);
    } catch ({ cause }) {
      throw new ConnectionCut(noResponseMessage(url, cause?.code));
    }
  }

  /** With a session, a write has to prove that it comes from a page of the site itself. */
  #credentials(url, isWrite) {
    if (this.token) return { Authorization: `Bearer ${this.token}` };
    const csrf = isWrite && this.#parts.csrfToken(url);
    return csrf ? { "X-CSRFToken": csrf } : {};
  }
}

/** @param {string} url @param {string} [code] of the system's error, which Node has */
export function noResponseMessage(url, code) {
  return `Nobody answers at ${new URL(url).origin}${code ? ` (${code})` : ""}.`;
}

function noChatMessage(url) {
  return `What answers at ${new URL(url).origin} is no chat. Is the address right?`;
}

async function parseResponse(response, url) {
  const content = await response.json().catch((error) => {
    if (error instanceof SyntaxError) return null;
    throw new ConnectionCut();
  });
  if (response.ok && content) return content;
  if (content?.error?.code) throw new Refusal(content.error);
  // Not the server, but something before it responded: only a request to wait is understood.
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  const { status } = response;
  const isBusy = status === 429 || status >= 500;
  const message = isBusy
    ? `${new URL(url).origin} cannot answer now (${status}).`
    : noChatMessage(url);
  throw status === 429 ? new NoResponse(message, FLOODING, retryAfter) : new NoResponse(message);
}
