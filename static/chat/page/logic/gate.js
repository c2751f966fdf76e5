import { REMOVED, SIGNED_OUT } from "../../client/base/protocol.js";

const SIGN_IN = { words: "Sign in", action: "sign-in" };
const RESTART = { words: "Come in again", action: "restart" };
const ALL_ROOMS = { words: "All rooms", action: "front" };
const RELOAD = { words: "Reload the page", action: "reload" };
// A connection stops with a close code, or with the code of an error.
const WAS_REMOVED = new Set([REMOVED, "forbidden"]);
const IS_SIGNED_OUT = new Set([SIGNED_OUT, "unauthorized"]);
const ABOUT_NAMES = new Set(["name_taken", "name_invalid"]);

/**
 * Returns the notice in the place of the composer, `{words, remedy}`, or null for somebody who may
 * write. `remedy` is what the person can do about it, `{words, action}`, or null.
 *
 * @param {{state: object, refusal: object?, info: object?, site: object?, user: object?,
 *   signedIn: boolean}} known `signedIn`: the page was made for a member
 */
export function gateFor({ state, refusal, info, site, user, signedIn }) {
  if (state.name === "stopped") return isAboutName(state) ? null : stopped(state, signedIn);
  if (signedIn && user?.kind === "guest") {
    return { words: "You have been signed out.", remedy: SIGN_IN };
  }
  if (refusal) return { words: refusal.message, remedy: ALL_ROOMS };
  if (info?.closed) {
    return { words: "This room is closed. You can read what was said.", remedy: null };
  }
  if (site?.guests_may_write === false && user?.kind === "guest") {
    return { words: "Guests can read here. To write, sign in.", remedy: SIGN_IN };
  }
  return null;
}

function stopped({ code, reason }, signedIn) {
  if (WAS_REMOVED.has(code)) return { words: reason, remedy: ALL_ROOMS };
  if (IS_SIGNED_OUT.has(code)) return { words: reason, remedy: signedIn ? SIGN_IN : RESTART };
  return { words: reason, remedy: RELOAD };
}

/** Returns true for a refusal that another name may settle. */
export function isAboutName({ code }) {
  return ABOUT_NAMES.has(code);
}

/** Returns true where the server does not know a stored token; not where it signs somebody out. */
export function isUnknown({ name, code }) {
  return name === "stopped" && code === "unauthorized";
}
