import { part } from "./dom.js";
import { secondsUntil } from "./logic/words.js";

const PATIENCE_MS = 2_000;
const SECOND_MS = 1_000;

/** Says, after two seconds without a connection, what happens and when the next try is. */
export function mountBanner(here) {
  let patience = null;
  let countdown = null;

  const show = () => {
    part("banner").hidden = false;
    say(here.state);
    countdown ??= setInterval(() => say(here.state), SECOND_MS);
  };
  const hide = () => {
    clearTimeout(patience);
    clearInterval(countdown);
    patience = countdown = null;
    part("banner").hidden = true;
  };
  const follow = ({ name }) => {
    if (name === "open" || name === "stopped") return hide();
    patience ??= setTimeout(show, PATIENCE_MS);
    if (countdown) say(here.state);
  };

  part("banner-retry").addEventListener("click", () => here.reconnect());
  here.on("state", follow);
  follow(here.state);
}

/** The countdown is not read out: once a second would be too much. */
function say({ name, retryAt, patient }) {
  const waiting = name === "waiting";
  part("banner-words").textContent = navigator.onLine ? "Reconnecting" : "You are offline";
  const seconds = waiting && navigator.onLine ? secondsUntil(retryAt, Date.now()) : null;
  part("banner-countdown").textContent = seconds ? ` in ${seconds} s` : "";
  part("banner-comfort").textContent = ". Your messages are kept.";
  part("banner-retry").hidden = !waiting || patient;
}
