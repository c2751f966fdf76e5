import { MALFORMED, REMOVED, SIGNED_OUT } from "../../client/base/protocol.js";
import { translate } from "./translate.js";

const SIGN_IN = { words: translate("signIn"), action: "sign-in" };
const RESTART = { words: translate("joinAgain"), action: "restart" };
const ALL_ROOMS = { words: translate("allRooms"), action: "front" };
const RELOAD = { words: translate("reload"), action: "reload" };
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
    return { words: translate("signedOut"), remedy: SIGN_IN };
  }
  if (refusal) return { words: refusalText(refusal, info), remedy: ALL_ROOMS };
  if (info?.closed) {
    return { words: translate("closed"), remedy: null };
  }
  if (site?.guests_may_write === false && user?.kind === "guest") {
    return { words: translate("membersOnly"), remedy: SIGN_IN };
  }
  return null;
}

/** The library says of a room that one was in that it is gone, in words of its own. */
function refusalText({ code, message }, info) {
  return info && code === "not_found" ? translate("roomDeleted") : message;
}

/** A close code has words of the page's own; an error those that came from the server. */
function stopped({ code, reason }, signedIn) {
  if (IS_SIGNED_OUT.has(code)) {
    const words = translate(signedIn ? "signedOut" : "visitEnded");
    return { words, remedy: signedIn ? SIGN_IN : RESTART };
  }
  const words = code === REMOVED ? translate("removed") : reason;
  if (WAS_REMOVED.has(code)) return { words, remedy: ALL_ROOMS };
  return { words: code === MALFORMED ? translate("notUnderstood") : reason, remedy: RELOAD };
}

/** Returns true for a refusal that another name may settle. */
export function isAboutName({ code }) {
  return ABOUT_NAMES.has(code);
}

/** Returns true where the server does not know a stored token; not where it signs somebody out. */
export function isUnknown({ name, code }) {
  return name === "stopped" && code === "unauthorized";
}
