import { accessOf, changesOf } from "../logic/roomways.js";
import { build } from "./build.js";
import { checkbox, textField } from "./fields.js";
import { fieldError, openForm } from "./form.js";
import { KINDS, accessChoices, checkPassword, nameField, passwordField } from "./making.js";
import { translate } from "./words.js";

const TOPIC_LENGTH = 250;
const BECOMES = {
  public: { password: "getsPassword", private: "becomesPrivate" },
  password: { public: "losesPassword", private: "becomesPrivate" },
  private: { public: "becomesPublic", password: "becomesPublicAsking" },
};

/** Opens the dialog in which somebody changes a room. */
export function openSettings({ api, view, openers }) {
  const { info } = view;
  const now = accessOf(info);
  const access = accessChoices(KINDS, now);
  const note = build("p", { class: "field-help", role: "status" });
  const password = now === "password"
    ? passwordField({ label: translate("newPassword"), help: translate("newPasswordMeans") })
    : passwordField({ label: translate("roomPassword") });
  const showAccess = () => {
    const chosen = access.querySelector(":checked").value;
    password.hidden = chosen !== "password";
    note.textContent = chosen === now ? "" : translate(BECOMES[now][chosen]);
  };
  access.append(note);
  access.addEventListener("change", showAccess);
  showAccess();
  const topic = textField("topic", { label: translate("topic"), value: info.topic, maxLength: TOPIC_LENGTH });
  const closed = checkbox("closed", { label: translate("closeRoom"), help: translate("closeRoomMeans"), checked: info.closed });
  openForm({
    title: translate("roomSettings"), submit: translate("save"), openers,
    content: [nameField(info.name), topic, access, password, closed],
    onSubmit: async (values) => {
      if (values.access === "password" && now !== "password") checkPassword(values);
      const body = changesOf(info, values);
      if (Object.keys(body).length === 0) return;
      await api.fetch(`rooms/${encodeURIComponent(view.slug)}`, "slug", { method: "PATCH", body }).catch((error) => {
        throw body.name !== undefined && error.code === "bad_request" ? fieldError("name", error.message) : error;
      });
    },
  });
}
