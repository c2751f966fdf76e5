import { newInvitation } from "../logic/roomways.js";
import { build } from "./build.js";
import { selectField, textField } from "./fields.js";
import { openForm } from "./form.js";
import { Invitations } from "./invitations.js";
import { translate } from "./words.js";

const DAYS = [1, 7, 30];
const USES = [1, 10];

/** Opens the dialog in which somebody makes the link of an invitation, and revokes others. */
export function openInviting({ api, view, user, openers }) {
  const days = DAYS.map((count) => [String(count), translate("days", { count })]);
  const uses = USES.map((count) => [String(count), translate("uses", { count })]);
  const invitations = new Invitations({ api, view, user });
  invitations.load();
  openForm({
    title: translate("invitePeople"), lead: [translate("inviteMeans")], submit: translate("makeLink"), openers,
    content: [
      selectField("days", { label: translate("linkLasts"), options: days, chosen: "7" }),
      selectField("uses", { label: translate("linkUses"), options: [...uses, ["", translate("anyUses")]], chosen: "" }),
    ],
    below: [invitations.element],
    onSubmit: async (values) => {
      const made = await api.fetch("invitations", "link", { body: newInvitation(view.slug, values) });
      invitations.load();
      return made;
    },
    show: elementsOf,
  });
}

/** Returns the elements that show an invitation once. */
function elementsOf({ link, qr }) {
  const words = build("p", { class: "dialog-lead", textContent: translate("passOnLink") });
  const field = textField("link", { label: translate("invitationLink"), value: link, readOnly: true, dir: "ltr" });
  const input = field.querySelector("input");
  const copy = build("button", { class: "button", type: "button", textContent: translate("copyInvitation") });
  const status = build("p", { class: "visually-hidden", role: "status" });
  input.addEventListener("focus", () => input.select());
  copy.addEventListener("click", async () => {
    const isCopied = await copyFrom(input);
    const key = isCopied ? "invitationCopied" : "notCopied";
    status.textContent = translate(key);
    copy.textContent = translate(isCopied ? key : "copyInvitation");
  });
  return [words, field, copy, status, build("img", { class: "room-qr", src: qr, alt: translate("qrCode") })];
}

/** Pages on plain http have no clipboard but for what is selected; outside the dialog nothing can be. */
async function copyFrom(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
