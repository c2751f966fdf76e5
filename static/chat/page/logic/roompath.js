/** Returns the path of a room's page. */
export function roomPath(slug) {
  return `/rooms/${encodeURIComponent(slug)}/`;
}
