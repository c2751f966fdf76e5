/** The events in a frame of text; null where it is from somebody else than a server. */
export function eventsOf(text) {
  try {
    const events = JSON.parse(text);
    return Array.isArray(events) && events.every(isEvent) ? events : null;
  } catch {
    return null;
  }
}

/** True for what a server may have told. */
export function isEvent(value) {
  return typeof value?.type === "string";
}
