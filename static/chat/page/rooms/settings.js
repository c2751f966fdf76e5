import { changesOf } from "../logic/roomways.js";
import { build } from "./build.js";
import { checkbox, textField } from "./fields.js";
import { fieldError, openForm } from "./form.js";
import { accessOf, nameField, passwordField } from "./making.js";
import { translate } from "./words.js";

const TOPIC_LENGTH = 250;
const BECOMES = { public: "becomesPublic", private: "becomesPrivate" };

/** Opens the dialog in which an owner changes a room. */
export function openSettings({ api, view, openers }) {
  const { info } = view;
  const access = accessOf(["public", "private"], info.kind);
  const note = build("p", { class: "field-help", role: "status" });
  const password = build("div", { class: "stack" },
    passwordField({ label: translate("newPassword"), help: translate("newPasswordMeans") }),
    checkbox("noPassword", { label: translate("noPassword") }));
  const showKind = () => {
    const kind = access.querySelector(":checked").value;
    password.hidden = kind !== "public";
    note.textContent = kind === info.kind ? "" : translate(BECOMES[kind]);
  };
  access.append(note);
  access.addEventListener("change", showKind);
  showKind();
  const topic = textField("topic", { label: translate("topic"), value: info.topic, maxLength: TOPIC_LENGTH });
  const closed = checkbox("closed", { label: translate("closeRoom"), help: translate("closeRoomMeans"), checked: info.closed });
  openForm({
    title: translate("roomSettings"), submit: translate("save"), openers,
    content: [nameField(info.name), topic, access, password, closed],
    onSubmit: async (values) => {
      const body = changesOf(info, values);
      if (Object.keys(body).length === 0) return;
      await api.fetch(`rooms/${encodeURIComponent(view.slug)}`, "slug", { method: "PATCH", body }).catch((error) => {
        throw body.name !== undefined && error.code === "bad_request" ? fieldError("name", error.message) : error;
      });
    },
  });
}
