import { ChatError } from "./errors.js";

/** A mistake in a call of the library, with words that say what is right. */
export function misuse(words) {
  return new ChatError("bad_request", words);
}

/** A text that was given, fit to be sent. Throws a ChatError with these words for what is none. */
export function textOf(given, words) {
  if (typeof given !== "string") throw misuse(words);
  // A text that was cut in the middle of a character would be no JSON for the server.
  return given.toWellFormed();
}
