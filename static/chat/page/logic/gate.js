import { MALFORMED, REMOVED, SIGNED_OUT } from "../../client/base/protocol.js";
import { translate } from "./translate.js";

const SIGN_IN = { words: translate("signIn"), action: "sign-in" };
const RESTART = { words: translate("joinAgain"), action: "restart" };
const ALL_ROOMS = { words: translate("allRooms"), action: "front" };
const COME_BACK = { words: translate("joinAgain"), action: "join" };
const TYPE_PASSWORD = { words: translate("typeThePassword"), action: "join" };
const RELOAD = { words: translate("reload"), action: "reload" };
// A connection stops with a close code, or with the code of an error.
const WAS_REMOVED = new Set([REMOVED, "forbidden"]);
const IS_SIGNED_OUT = new Set([SIGNED_OUT, "unauthorized"]);
const ABOUT_NAMES = new Set(["name_taken", "name_invalid"]);

/**
 * Returns what takes the place of the room once the visit has ended, `{title, words, remedies,
 * comesBack}`, or null. A remedy is what the person can do about it, `{words, action}`; who comes
 * back finds what they had not sent.
 *
 * @param {{state: object, refusal: object?, info: object?, user: object?, signedIn: boolean}} known
 *   `signedIn`: the page was made for a member
 */
export function endingFor({ state, refusal, info, user, signedIn }) {
  if (state.name === "stopped") return endingOfStop(state, signedIn);
  if (signedIn && user?.kind === "guest") return signedOut();
  if (!refusal) return null;
  if (refusal.code !== "not_found") {
    const remedies = asksForPassword(refusal) ? [TYPE_PASSWORD, ALL_ROOMS] : [ALL_ROOMS];
    return { title: translate("notJoined"), words: refusal.message, remedies };
  }
  const remedies = signedIn ? [ALL_ROOMS] : [ALL_ROOMS, SIGN_IN];
  if (!info) return { title: translate("noRoom"), words: translate("noRoomNext"), remedies };
  const isDeleted = refusal.reason === "deleted";
  // Without a reason it was this person's wish, on another page.
  const mayReturn = refusal.reason === undefined && info.kind !== "private";
  return {
    title: translate(isDeleted ? "roomDeleted" : "roomLeft"),
    words: translate(isDeleted || mayReturn ? "roomDeletedNext" : "roomLeftNext"),
    remedies: mayReturn ? [COME_BACK, ALL_ROOMS] : [ALL_ROOMS],
  };
}

function endingOfStop({ code }, signedIn) {
  if (IS_SIGNED_OUT.has(code)) return signedIn ? signedOut() : visitEnded();
  if (!WAS_REMOVED.has(code)) return null;
  return { title: translate("removed"), words: translate("removedNext"), remedies: [ALL_ROOMS] };
}

function signedOut() {
  const words = translate("signedOutNext");
  return { title: translate("signedOut"), words, remedies: [SIGN_IN, ALL_ROOMS], comesBack: true };
}

function visitEnded() {
  const words = translate("visitEndedNext");
  return { title: translate("visitEnded"), words, remedies: [RESTART, ALL_ROOMS], comesBack: true };
}

/**
 * Returns the notice in the place of the composer, `{words, remedy}`, or null for somebody who may
 * write. `remedy` may be null.
 */
export function gateFor({ state, info, site, user }) {
  if (state.name === "stopped") return isAboutName(state) ? null : disconnected(state);
  if (info?.closed) return { words: translate("closed"), remedy: null };
  if (info?.my?.role === "reader") return { words: translate("readOnly"), remedy: null };
  // The server decides in the same way (chat/access/policies.py): who was invited writes.
  if (info?.kind !== "private" && site?.guests_may_write === false && user?.kind === "guest") {
    return { words: translate("membersOnly"), remedy: SIGN_IN };
  }
  return null;
}

function disconnected({ code, reason }) {
  return { words: code === MALFORMED ? translate("notUnderstood") : reason, remedy: RELOAD };
}

/** Returns true for a refusal that the room's password may settle. */
export function asksForPassword({ code }) {
  return code.startsWith("password_");
}

/** Returns true for a refusal that another name may settle. */
export function isAboutName({ code }) {
  return ABOUT_NAMES.has(code);
}

/** Returns true where the server does not know a stored token; not where it signs somebody out. */
export function isUnknown({ name, code }) {
  return name === "stopped" && code === "unauthorized";
}
