/** Codes and numbers of the protocol, as `/api/v1/asyncapi.json` has them; a test compares. */

/** Close codes after which a client does not reconnect by itself. */
export const MALFORMED = 4400;
export const SIGNED_OUT = 4401;
export const REMOVED = 4403;
/** After this one it reconnects, but not at once. */
export const FLOODING = 4429;
export const FLOODING_PAUSE_S = 10;

/** Errors after which the same command may succeed a little later. */
export const TEMPORARY_ERRORS = ["rate_limited", "unavailable"];

/** A client acknowledges at least every so many messages, or so long after one. */
export const RECEIPT_MESSAGES = 32;
export const RECEIPT_MS = 1_000;
/** How long somebody counts as typing without another notice. */
export const TYPING_MS = 5_000;
/** Messages in a page of history, and people in a list. */
export const PAGE = 50;
export const PAGE_AT_MOST = 100;
export const SEQS_AT_MOST = 50;
export const MENTIONS_AT_MOST = 50;
export const LISTED_AT_MOST = 100;
