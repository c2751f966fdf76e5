/**
 * Which reactions are this person's own. A message names the first people of each emoji; whether
 * one is among the others comes beside it, and from the acks of what was sent here.
 */
export class OwnReactions {
  #owner = null;
  #bySeq = new Map();

  /** Begins anew for another person. */
  assignTo(owner) {
    if (this.#owner !== owner) this.#bySeq.clear();
    this.#owner = owner;
  }

  /** Notes the `mine` of an event: emoji by seq. */
  add(mine = {}) {
    for (const [seq, emoji] of Object.entries(mine)) this.#bySeq.set(Number(seq), new Set(emoji));
  }

  /** Notes that a reaction is there, or is not any more. */
  set(seq, emoji, on) {
    const own = this.#bySeq.get(seq) ?? new Set();
    if (on) own.add(emoji);
    else own.delete(emoji);
    this.#bySeq.set(seq, own);
  }

  /** Returns the message with `mine` at each of its reactions. */
  mark(message) {
    if (!message.reactions) return message;
    const own = this.#bySeq.get(message.seq);
    const reactions = message.reactions.map((reaction) => {
      const { emoji, count, by } = reaction;
      const isNamed = by.includes(this.#owner);
      // Whoever is named stays so until it is taken back.
      if (isNamed) own?.delete(emoji);
      return { ...reaction, mine: isNamed || (count > by.length && Boolean(own?.has(emoji))) };
    });
    return { ...message, reactions };
  }
}
