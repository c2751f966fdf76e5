import { part, showWords } from "./dom.js";
import { secondsUntil, typingWords } from "./logic/words.js";

/** The line above the composer: who is typing, or that the server asks for patience. */
export function mountHint(here) {
  here.on("typing", ({ users }) => {
    showWords(part("typing"), typingWords(users.map(({ name }) => name)));
  });
  here.on("outbox", ({ retryAt }) => {
    const words = retryAt === null ? "" : patienceText(secondsUntil(retryAt, Date.now()));
    if (part("patience").textContent !== words) part("patience").textContent = words;
    part("typing").hidden = words !== "";
  });
}

function patienceText(seconds) {
  return `Slow down a little: more goes out in ${seconds} s.`;
}
