import { translate, translateParts } from "../logic/translate.js";
import { secondsUntil } from "../logic/words.js";
import { watchConnection } from "./connection.js";
import { part } from "./dom.js";

const DELAY_MS = 2_000;
const SECOND_MS = 1_000;

/**
 * The banner that says, after two seconds without a connection or at once without a network, that
 * the page is offline or reconnects, and when the next attempt is.
 */
export function mountBanner(chat) {
  let state = null;
  let isFirst = true;
  let delay = null;
  let countdown = null;

  const show = () => {
    part("banner").hidden = false;
    showState(state, isFirst);
    countdown ??= setInterval(() => showState(state, isFirst), SECOND_MS);
  };
  const hide = () => {
    clearTimeout(delay);
    clearInterval(countdown);
    delay = countdown = null;
    part("banner").hidden = true;
  };
  const update = (current) => {
    state = current;
    const { name, offline } = state;
    if (name === "stopped" || (name === "open" && !offline)) return hide();
    if (offline || countdown) return show();
    delay ??= setTimeout(show, DELAY_MS);
  };

  part("banner-retry").addEventListener("click", () => chat.reconnect());
  chat.on("joined", () => (isFirst = false));
  watchConnection(chat, update);
}

/** The countdown is not read out: once a second would be too often. */
function showState({ name, offline, retryAt, patient }, isFirst) {
  if (!part("banner-move").hidden) return showMove();
  const isWaiting = name === "waiting";
  const isCounting = isWaiting && !offline;
  const wait = isCounting ? translate("inSeconds", { seconds: secondsUntil(retryAt, Date.now()) }) : "";
  if (offline) showBanner("offlineKept");
  else showBanner(isFirst ? "connectingKept" : "reconnectingKept", wait);
  part("banner-retry").hidden = !isWaiting || patient;
}

/** While parts/moving.js shows its link. */
function showMove() {
  showBanner("moved");
  part("banner-retry").hidden = true;
}

function showBanner(key, wait = "") {
  const parts = translateParts(key, { wait });
  const place = wait ? parts.indexOf(wait) : parts.length;
  part("banner-words").textContent = parts.slice(0, place).join("");
  part("banner-countdown").textContent = wait;
  part("banner-comfort").textContent = parts.slice(place + 1).join("");
}
