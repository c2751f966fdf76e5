import { part } from "./dom.js";
import { secondsUntil, typingText } from "./logic/words.js";

/** The line above the composer: who is typing, or that the server asks for patience. */
export function mountHint(here) {
  let typing = "";
  let patience = "";
  const show = () => (part("hint").textContent = patience || typing);
  here.on("typing", ({ users }) => {
    typing = typingText(users.map(({ name }) => name));
    show();
  });
  here.on("outbox", ({ retryAt }) => {
    patience = retryAt === null ? "" : patienceText(secondsUntil(retryAt, Date.now()));
    show();
  });
}

function patienceText(seconds) {
  return `Slow down a little: your messages go on in ${seconds} s.`;
}
