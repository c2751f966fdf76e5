/**
 * Tells where the connection stands, now and at each change: the client's state with `offline`,
 * for the browser knows of a lost network before a socket does.
 */
export function followConnection(here, show) {
  let offline = !navigator.onLine;
  const tell = () => show({ ...here.state, offline });
  const know = (isOffline) => {
    offline = isOffline;
    tell();
  };
  // A connection that opens proves the browser wrong: the server may be on this very computer.
  here.on("state", ({ name }) => know(offline && name !== "open"));
  window.addEventListener("offline", () => know(true));
  window.addEventListener("online", () => know(false));
  tell();
}
