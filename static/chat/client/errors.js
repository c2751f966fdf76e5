import { TEMPORARY_ERRORS } from "./protocol.js";

/** A refusal in words: what the server, or the lost connection, said no to. */
export class ChatError extends Error {
  /**
   * @param {string} code one of the protocol's error codes, or "disconnected"
   * @param {string} message one sentence for a person
   * @param {{retryAfter?: number, suggestion?: string}} [more] seconds to wait; a free name
   */
  constructor(code, message, { retryAfter, suggestion } = {}) {
    super(message);
    this.name = "ChatError";
    this.code = code;
    this.retryAfter = retryAfter;
    this.suggestion = suggestion;
  }

  static from({ code, message, retry_after: retryAfter, suggestion }) {
    return new ChatError(code, message, { retryAfter, suggestion });
  }

  /** True when the same command may succeed a little later. */
  get isTemporary() {
    return TEMPORARY_ERRORS.includes(this.code);
  }
}

export function disconnected(words = "The connection ended before the answer came.") {
  return new ChatError("disconnected", words);
}
