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

  /**
   * Notes the `mine` of an event, emoji by seq: what it does not name of the messages is none any
   * more. Of those that are later than `mineAt`, as they may be in a poll, it says nothing.
   */
  add({ messages, mine = {}, mineAt = Infinity, reset = false }) {
    if (reset) this.#bySeq.clear();
    for (const { seq, version } of messages) {
      const emoji = mine[seq];
      // An event that was read before the ack of what was done here would undo it.
      const isOld = version < this.#bySeq.get(seq)?.version;
      if (isOld || (!emoji && version > mineAt)) continue;
      if (emoji) this.#bySeq.set(seq, { emoji: new Set(emoji), version });
      else this.#bySeq.delete(seq);
    }
  }

  /** Notes that a reaction is there, or is not any more, since this version of its message. */
  set(seq, emoji, on, version) {
    const own = this.#bySeq.get(seq)?.emoji ?? new Set();
    if (on) own.add(emoji);
    else own.delete(emoji);
    this.#bySeq.set(seq, { emoji: own, version });
  }

  /** Returns the message with `mine` at each of its reactions. */
  mark(message) {
    if (!message.reactions) return message;
    const own = this.#bySeq.get(message.seq)?.emoji;
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
