/**
 * Calls `show` with the state of the connection, now and at each change: the chat's state with
 * `offline`, since the browser knows of a lost network before a socket does.
 */
export function watchConnection(chat, show) {
  let offline = !navigator.onLine;
  const update = (isOffline) => {
    offline = isOffline;
    show({ ...chat.state, offline });
  };
  chat.on("state", (state) => {
    // A connection that opens proves the browser wrong: the server may be on this very computer.
    update(offline && state.name !== "open");
  });
  window.addEventListener("offline", () => update(true));
  window.addEventListener("online", () => update(false));
  update(offline);
}
