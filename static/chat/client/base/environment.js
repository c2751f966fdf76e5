import { systemStorage } from "./storage.js";

// A program may run for months. A page is closed some day, and its elements take more memory.
const KEPT_BY_PROGRAMS = 2_000;

const systemClock = {
  now: () => Date.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** Returns what a chat takes from the system it runs in; options of `connect` replace each. */
export function systemEnvironment() {
  return {
    WebSocket: globalThis.WebSocket,
    fetch: globalThis.fetch?.bind(globalThis),
    pageOrigin: globalThis.location?.origin,
    csrfToken,
    clock: systemClock,
    random: Math.random,
    storage: systemStorage(),
    signals: systemSignals,
    pageState,
    newId: randomId,
    keep: globalThis.document ? Infinity : KEPT_BY_PROGRAMS,
  };
}

/**
 * Calls `wake` when the network or the person is back, and `doubt` when the network is lost.
 * Returns a function that stops this.
 */
function systemSignals({ wake, doubt }) {
  const { window, document } = globalThis;
  if (!window || !document) return () => {};
  const visible = () => document.visibilityState === "visible" && wake();
  // Restored from the back/forward cache, where its connections were cut.
  const shown = ({ persisted }) => persisted && wake();
  window.addEventListener("pageshow", shown);
  window.addEventListener("online", wake);
  window.addEventListener("offline", doubt);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("pageshow", shown);
    window.removeEventListener("online", wake);
    window.removeEventListener("offline", doubt);
    document.removeEventListener("visibilitychange", visible);
  };
}

/** Returns whether there is a network, as far as a browser knows, and whether nobody sees the page. */
function pageState() {
  const { navigator, document } = globalThis;
  return { isOnline: navigator?.onLine !== false, isHidden: document?.visibilityState === "hidden" };
}

/** Returns the CSRF token for a write to `url` by session; empty on other sites' pages. */
function csrfToken(url) {
  const { document, location } = globalThis;
  if (!document?.cookie || url.origin !== location.origin) return "";
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

/** Returns 128 random bits as text: no two clients ever choose the same. */
function randomId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
