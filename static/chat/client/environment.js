import { systemStorage } from "./storage.js";

// A page is closed some day, and what it shows is larger; a program may run for months.
const KEPT_BY_PROGRAMS = 2_000;

const systemClock = {
  now: () => Date.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** The parts a chat takes from where it runs. Each can be given to `connect` instead. */
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
    newId: randomId,
    keep: globalThis.document ? Infinity : KEPT_BY_PROGRAMS,
  };
}

/**
 * Tells when the network or the person comes back (`wake`), and when the network goes (`doubt`).
 * Returns a function that ends it.
 */
function systemSignals({ wake, doubt }) {
  const { window, document } = globalThis;
  if (!window || !document) return () => {};
  const visible = () => document.visibilityState === "visible" && wake();
  // Out of the cache that "back" leads to, where its lines were cut.
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

/** What a write to `url` with a session's cookie needs: on pages of the same site, else empty. */
function csrfToken(url) {
  const { document, location } = globalThis;
  if (!document?.cookie || url.origin !== location.origin) return "";
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

/** 128 random bits as text: no two clients ever choose the same. */
function randomId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
