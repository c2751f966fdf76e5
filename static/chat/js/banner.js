import { followConnection } from "./connection.js";
import { part } from "./dom.js";
import { secondsUntil } from "./logic/words.js";

const PATIENCE_MS = 2_000;
const SECOND_MS = 1_000;

/**
 * Says, after two seconds without a connection or at once without a network, what happens and
 * when the next try is.
 */
export function mountBanner(here) {
  let state = null;
  let patience = null;
  let countdown = null;

  const show = () => {
    part("banner").hidden = false;
    say(state);
    countdown ??= setInterval(() => say(state), SECOND_MS);
  };
  const hide = () => {
    clearTimeout(patience);
    clearInterval(countdown);
    patience = countdown = null;
    part("banner").hidden = true;
  };
  const follow = (current) => {
    state = current;
    const { name, offline } = state;
    if (name === "stopped" || (name === "open" && !offline)) return hide();
    if (offline || countdown) return show();
    patience ??= setTimeout(show, PATIENCE_MS);
  };

  part("banner-retry").addEventListener("click", () => here.reconnect());
  followConnection(here, follow);
}

/** The countdown is not read out: once a second would be too much. */
function say({ name, offline, retryAt, patient }) {
  const waiting = name === "waiting";
  part("banner-words").textContent = offline ? "You are offline" : "Reconnecting";
  const seconds = waiting && !offline ? secondsUntil(retryAt, Date.now()) : null;
  part("banner-countdown").textContent = seconds ? ` in ${seconds} s` : "";
  part("banner-comfort").textContent = ". Your messages are kept.";
  part("banner-retry").hidden = !waiting || patient;
}
