/** Returns the events in a frame of a WebSocket; null where a chat server did not send it. */
export function parseFrame(text) {
  try {
    const events = JSON.parse(text);
    return Array.isArray(events) && events.every(isEvent) ? events : null;
  } catch {
    return null;
  }
}

/** Returns true for what may be an event of a chat server. */
export function isEvent(value) {
  return typeof value?.type === "string";
}

/** Parses the text of a stream of server-sent events, wherever the network cut it into pieces. */
export class EventStreamParser {
  #rest = "";
  #data = [];

  /** Takes the next piece; returns the events that it completes, each as its parsed data. */
  push(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    return lines.flatMap((line) => this.#parseLine(line.replace(/\r$/, "")));
  }

  /** Reads the data alone: the event's type is in there too. */
  #parseLine(line) {
    if (line.startsWith("data:")) this.#data.push(line.slice(5).replace(/^ /, ""));
    if (line !== "" || this.#data.length === 0) return [];
    return [JSON.parse(this.#data.splice(0).join("\n"))];
  }
}
