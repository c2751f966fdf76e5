/** Notes, for the script that looks after this one (fallback.js), that the page asks who one is. */
export function noteStarting() {
  document.documentElement.dataset.page = "starting";
}

/** Notes that the page runs: what goes wrong from now on does not end it. */
export function noteRunning() {
  document.documentElement.dataset.page = "running";
  document.dispatchEvent(new Event("chat:running"));
}
