import { asksForPassword } from "../logic/gate.js";
import { newRoom } from "../logic/roomways.js";
import { choices, textField } from "./fields.js";
import { fieldError, openForm } from "./form.js";
import { translate } from "./words.js";

const NAME_LENGTH = 80;
const PASSWORD_LENGTH = 128;
/** Who can come into a room. */
export const KINDS = ["public", "password", "private"];

/**
 * Opens the dialog in which somebody makes a room; `onMade(room)` goes there. A public room that is
 * there already is found.
 */
export function openMaking({ api, isGuest, openers, onMade }) {
  const name = nameField();
  const password = passwordField({ label: translate("roomPassword") });
  const access = accessChoices(isGuest ? [] : KINDS, "public");
  const showPassword = () => (password.hidden = access.querySelector(":checked")?.value !== "password");
  access.addEventListener("change", showPassword);
  access.hidden = isGuest;
  showPassword();
  openForm({
    title: translate("newRoom"), submit: translate("createRoom"), content: [name, access, password], openers,
    onSubmit: async (values) => {
      if (values.access === "password") checkPassword(values);
      return api.fetch("rooms", "slug", { body: newRoom(values) }).catch((error) => refusedRoom(error, values.name));
    },
    onDone: onMade,
  });
}

/**
 * Returns the room that is there already and asks for its password, once one goes there. Throws any
 * other refusal, at the name where that is refused.
 */
function refusedRoom(error, name) {
  if (asksForPassword(error)) return { slug: name.trim(), name: name.trim() };
  throw ["bad_request", "conflict"].includes(error.code) ? fieldError("name", error.message) : error;
}

export function nameField(value = "") {
  return textField("name", { label: translate("roomName"), value, maxLength: NAME_LENGTH, required: true });
}

/** Shown as it is typed: it is told to others. */
export function passwordField(properties) {
  return textField("password", { maxLength: PASSWORD_LENGTH, spellcheck: false, ...properties });
}

/** Throws the error of a password that is not typed, where a room is to have one. */
export function checkPassword({ password }) {
  if (!password) throw fieldError("password", translate("typePassword"));
}

/** Returns the radio buttons for who can come in. */
export function accessChoices(kinds, chosen) {
  const words = {
    public: [translate("publicRoom"), translate("publicRoomMeans")],
    password: [translate("passwordRoom"), translate("passwordRoomMeans")],
    private: [translate("privateRoom"), translate("privateRoomMeans")],
  };
  const options = kinds.map((kind) => [kind, ...words[kind]]);
  return choices("access", { label: translate("whoComes"), options, chosen });
}
