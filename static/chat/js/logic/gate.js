import { REMOVED, SIGNED_OUT } from "../../client/protocol.js";

const SIGN_IN = { words: "Sign in", action: "sign-in" };
const COME_IN = { words: "Come in again", action: "restart" };
const ALL_ROOMS = { words: "All rooms", action: "front" };
const RELOAD = { words: "Reload the page", action: "reload" };
// A connection stops with a close code, or with the code of the error that it was refused with.
const WAS_REMOVED = new Set([REMOVED, "forbidden"]);
const IS_SIGNED_OUT = new Set([SIGNED_OUT, "unauthorized"]);
const ABOUT_NAMES = new Set(["name_taken", "name_invalid"]);

/**
 * What stands in the place of the composer, as `{words, way}`, or null when one may write. `way`
 * is what one can do about it, as `{words, action}`, or null.
 *
 * @param {{state: object, refusal: object?, info: object?, site: object?, user: object?,
 *   signedIn: boolean}} known `signedIn` tells whether the page was made for a member
 */
export function gateFor({ state, refusal, info, site, user, signedIn }) {
  if (state.name === "stopped") return isAboutName(state) ? null : stopped(state, signedIn);
  if (signedIn && user?.kind === "guest") return { words: "You have been signed out.", way: SIGN_IN };
  if (refusal) return { words: refusal.message, way: ALL_ROOMS };
  if (info?.closed) return { words: "This room is closed. You can read what was said.", way: null };
  if (site?.guests_may_write === false && user?.kind === "guest") {
    return { words: "Guests can read here. To write, sign in.", way: SIGN_IN };
  }
  return null;
}

function stopped({ code, reason }, signedIn) {
  if (WAS_REMOVED.has(code)) return { words: reason, way: ALL_ROOMS };
  if (IS_SIGNED_OUT.has(code)) return { words: reason, way: signedIn ? SIGN_IN : COME_IN };
  return { words: reason, way: RELOAD };
}

/** True for a refusal that another name would settle. */
export function isAboutName({ code }) {
  return ABOUT_NAMES.has(code);
}
