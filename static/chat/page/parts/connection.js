const CLOSED_HERE = 1000;

/** Returns true for the state of a page that takes another name, and connects again at once. */
export function isClosedHere({ name, code }) {
  return name === "stopped" && code === CLOSED_HERE;
}

/**
 * Calls `show` with the state of the connection, now and at each change: the chat's state with
 * `offline`, since the browser knows of a lost network before a socket does; not while the page
 * takes another name.
 */
export function watchConnection(chat, show) {
  let offline = !navigator.onLine;
  const update = (isOffline) => {
    offline = isOffline;
    show({ ...chat.state, offline });
  };
  let isRenaming = false;
  chat.on("state", (state) => {
    isRenaming = isClosedHere(state) || (isRenaming && state.name === "connecting");
    // A connection that opens proves the browser wrong: the server may be on this very computer.
    if (!isRenaming) update(offline && state.name !== "open");
  });
  window.addEventListener("offline", () => update(true));
  window.addEventListener("online", () => update(false));
  update(offline);
}
