const PATH = /^\/rooms\/([^/]+)\/$/;

/** Returns the slug in the path of a room's page; null for any other path. */
export function slugOfPath(path) {
  try {
    return decodeURIComponent(PATH.exec(path)?.[1] ?? "") || null;
  } catch {
    return null;
  }
}
