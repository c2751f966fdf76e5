/** Takes the text of a stream of server-sent events apart, wherever it was cut on the way. */
export class EventParser {
  #rest = "";
  #data = [];

  /** Takes the next piece; returns the events that it completes, each as its parsed data. */
  push(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    return lines.flatMap((line) => this.#line(line.replace(/\r$/, "")));
  }

  /** Of a line only the data counts: the event's type is in there too. */
  #line(line) {
    if (line.startsWith("data:")) this.#data.push(line.slice(5).replace(/^ /, ""));
    if (line !== "" || this.#data.length === 0) return [];
    return [JSON.parse(this.#data.splice(0).join("\n"))];
  }
}
