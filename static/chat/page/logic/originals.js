/** What the messages on a page reply to, by seq. */
export class Originals extends Map {
  /** Notes messages as they are now. */
  note(messages) {
    for (const message of messages) this.set(message.seq, message);
  }

  /**
   * Forgets what none of these messages replies to, as soon as more is held than there are messages:
   * a page is open for weeks.
   */
  trim(messages) {
    if (this.size <= messages.length) return;
    const needed = new Set(messages.map(({ reply_to }) => reply_to));
    for (const seq of [...this.keys()]) if (!needed.has(seq)) this.delete(seq);
  }
}
