import { translateParts } from "../laterwords.js";
import { part, showWords } from "./dom.js";

/** Says in the menu who one is; a guest may change it there: `onChange` is called. */
export function mountYou(chat, onChange) {
  const show = () => {
    const { user } = chat;
    if (!user) return;
    showWords(part("you"), translateParts("youAre", { you: user }));
    part("you").hidden = false;
    part("change-name").hidden = user.kind !== "guest";
  };
  show();
  chat.on("welcome", show);
  chat.on("renamed", show);
  part("change-name").addEventListener("click", onChange);
}
