import { isolatedName } from "../logic/direction.js";
import { isNameOf } from "../logic/roomways.js";
import { textField } from "./fields.js";
import { fieldError, openForm } from "./form.js";
import { translate, translateParts } from "./words.js";

/** Opens the dialog that asks before somebody leaves a room for good; `onGone()` shows another. */
export function openLeaving({ api, view, user, openers, onGone }) {
  const means = view.info.kind === "private" ? "leavePrivateMeans" : "leavePublicMeans";
  openForm({
    title: translate("leaveRoom"), lead: [translate(means)], submit: translate("leave"), content: [], openers,
    onSubmit: () => leave(api, view, user), onDone: onGone,
  });
}

/** The same of a direct room, which comes back. */
export function openHiding({ api, view, user, openers, onGone }) {
  openForm({
    title: translate("hideDirect"), lead: [translate("hideMeans")], submit: translate("hide"), content: [], openers,
    onSubmit: () => leave(api, view, user), onDone: onGone,
  });
}

/** Opens the dialog that offers to come back to a room that somebody has left: `onReturn()`. */
export function openReturning({ name, openers, onReturn }) {
  openForm({
    title: translate("youLeft", { room: isolatedName(name) }), lead: [translate("comeBackMeans")],
    submit: translate("comeBack"), content: [], openers, onSubmit: async () => {}, onDone: onReturn,
  });
}

/** Opens the dialog in which an owner deletes a room, once its name was typed. */
export function openDeleting({ api, view, openers, onGone }) {
  const { name } = view.info;
  openForm({
    title: translate("deleteRoom"), lead: translateParts("deleteMeans", { room: { name } }),
    submit: translate("deleteForAll"), isDangerous: true, openers,
    content: [textField("typed", { label: translate("typeItsName") })],
    onSubmit: async ({ typed }) => {
      if (!isNameOf(typed, name)) throw fieldError("typed", translate("otherName"));
      await api.write(addressOf(view), { method: "DELETE" });
    },
    onDone: onGone,
  });
}

async function leave(api, view, user) {
  // Whoever has left can delete nothing any more.
  await view.later.parts?.actions.deletions.finishAll();
  return api.write(`${addressOf(view)}/members/${encodeURIComponent(user.id)}`, { method: "DELETE" });
}

function addressOf({ slug }) {
  return `rooms/${encodeURIComponent(slug)}`;
}
