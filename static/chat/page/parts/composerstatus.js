import { translate } from "../logic/translate.js";
import { secondsUntil, typingWords } from "../logic/words.js";
import { part, showWords } from "./dom.js";

/** The line above the composer: who is typing, or that the server asks to wait. */
export function mountComposerStatus({ chat, part }) {
  chat.on("typing", ({ users }) => {
    showWords(part("typing"), typingWords(users));
  });
  chat.on("outbox", ({ retryAt }) => {
    const words = retryAt === null ? "" : waitText(retryAt);
    if (part("patience").textContent !== words) part("patience").textContent = words;
    part("typing").hidden = words !== "";
  });
}

function waitText(retryAt) {
  return translate("wait", { seconds: secondsUntil(retryAt, Date.now()) });
}
