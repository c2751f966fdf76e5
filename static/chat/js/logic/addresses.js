/** The server's socket, seen from a page at `location`. */
export function socketAddress({ protocol, host }) {
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/ws/`;
}

/** The path of a room's page. */
export function roomPath(slug) {
  return `/rooms/${encodeURIComponent(slug)}/`;
}
