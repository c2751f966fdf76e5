import { forgetGuest } from "../../client/identity.js";

/** Returns a button for what somebody can do about a refusal of a room, `{words, action}`. */
export function remedyButton({ words, action }, className, { chat }, storage) {
  const actions = {
    // A refusal is an event, too.
    join: () => chat.join().catch(() => {}),
    "sign-in": () => (location.href = `/accounts/login/?next=${location.pathname}`),
    front: () => (location.href = "/"),
    reload: () => location.reload(),
    restart: () => {
      forgetGuest(storage);
      location.reload();
    },
  };
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = words;
  button.addEventListener("click", actions[action]);
  return button;
}
