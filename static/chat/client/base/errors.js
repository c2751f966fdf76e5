import { MENTIONS_AT_MOST, PAGE_AT_MOST, SEQS_AT_MOST, TEMPORARY_ERRORS } from "./protocol.js";

const PLACES = ["before", "after", "around"];

/** A refusal by the server, a lost connection, or a mistake in a call: a code and a sentence. */
export class ChatError extends Error {
  /**
   * @param {string} code one of the protocol's error codes, or "disconnected"
   * @param {string} message one sentence for a person
   * @param {{retryAfter?: number, suggestion?: string, reason?: string}} [more] seconds to wait; a
   *   free name; why this person is no longer in a room
   */
  constructor(code, message, { retryAfter, suggestion, reason } = {}) {
    super(message);
    this.name = "ChatError";
    this.code = code;
    this.retryAfter = retryAfter;
    this.suggestion = suggestion;
    this.reason = reason;
  }

  /** Returns the ChatError for an `error` event of the server. */
  static from({ code, message, retry_after: retryAfter, suggestion }) {
    return new ChatError(code, message, { retryAfter, suggestion });
  }

  /** True when the same command may succeed a little later. */
  get isTemporary() {
    return TEMPORARY_ERRORS.includes(this.code);
  }
}

/** Returns the error for a command whose reply can no longer come. */
export function disconnectedError(message = "The connection ended before the answer came.") {
  return new ChatError("disconnected", message);
}

/** Returns the error for a mistake in a call; the message says what is right. */
export function usageError(message) {
  return new ChatError("bad_request", message);
}

/** Returns a text that is fit to be sent. Throws a ChatError with `message` for anything else. */
export function checkText(value, message) {
  if (typeof value !== "string") throw usageError(message);
  // Half a surrogate pair, from a text cut within a character, would be no JSON for the server.
  return value.replace(/\p{Cs}/gu, "\uFFFD");
}

/** Returns the seq or the id of a message. Throws a ChatError for anything else. */
export function checkMessage(value) {
  const isSeq = Number.isInteger(value) && value > 0;
  if (isSeq || (typeof value === "string" && value !== "")) return value;
  throw usageError("Which message? Give its seq, or the id that it was sent under.");
}

/** Returns true for an object of options. */
export function isObject(value) {
  return typeof value === "object" && value !== null;
}

/** Returns how a message is sent, with the names of the protocol. Throws a ChatError for others. */
export function checkManner({ replyTo, format, mentions, mentionNames, ...others }) {
  const [unknown] = Object.keys(others);
  if (unknown) throw usageError(`A message has no ${unknown}. Leave it out.`);
  if (format !== undefined && format !== "plain") {
    throw usageError("There is one format. Say plain, or leave it out.");
  }
  return {
    ...(replyTo !== undefined && { reply_to: checkSeq(replyTo) }),
    ...(format && { format }),
    ...checkMentions({ mentions, mentionNames }),
  };
}

/** Returns who is meant, with the names of the protocol; empty without. Throws a ChatError for anything else. */
export function checkMentions({ mentions, mentionNames }) {
  if (mentions === undefined) return {};
  const areIds = Array.isArray(mentions) && mentions.every((id) => typeof id === "string");
  if (!areIds || mentions.length > MENTIONS_AT_MOST) {
    throw usageError(`Who is meant? Give a list of up to ${MENTIONS_AT_MOST} ids.`);
  }
  return { mentions, ...(mentionNames && { mention_names: true }) };
}

/** Returns the seq of a message. Throws a ChatError that asks for it where it is anything else. */
export function checkSeq(value, question = "Which message is it a reply to?") {
  if (Number.isInteger(value) && value > 0) return value;
  throw usageError(`${question} Give its seq.`);
}

/** Returns a message. Throws a ChatError for what is none. */
export function checkShown(message) {
  if (typeof message?.author === "object") return message;
  throw usageError("A message is one that this client has handed out.");
}

/** Throws a ChatError for what is no size of a page, or for a place that is none. */
export function checkPage(limit, place) {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_AT_MOST) {
    throw usageError(`A page has 1 to ${PAGE_AT_MOST} messages.`);
  }
  const [[name, seq] = [], ...more] = Object.entries(place);
  const isPlace = PLACES.includes(name) && Number.isInteger(seq) && seq >= 0;
  if (name === undefined || (isPlace && more.length === 0)) return;
  throw usageError("A page is in one place. Give before, after or around, with a seq.");
}

/** Returns the seqs of messages. Throws a ChatError for anything else. */
export function checkSeqs(seqs) {
  const areSeqs = Array.isArray(seqs) && seqs.every((seq) => Number.isInteger(seq) && seq >= 0);
  if (areSeqs && seqs.length > 0 && seqs.length <= SEQS_AT_MOST) return seqs;
  throw usageError(`Which messages? Give a list of 1 to ${SEQS_AT_MOST} seqs.`);
}
