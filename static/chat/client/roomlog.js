/**
 * One room's log as far as this client has it: a gapless run of messages up to the newest, and
 * the version of the room they stand for.
 */
export class RoomLog {
  #bySeq = new Map();
  #epoch = null;
  #version = 0;
  #wanted = 0;
  #more = false;
  #first = null;

  get version() {
    return this.#version;
  }

  get epoch() {
    return this.#epoch;
  }

  /** The seq of the oldest message held in the run, or null when the run is empty. */
  get first() {
    return this.#first;
  }

  /** True when the room has older messages than those held. */
  get more() {
    return this.#more;
  }

  /** True when the room is known to be ahead of what is held. */
  get behind() {
    return this.#wanted > this.#version;
  }

  /** Where to resume from; empty before the first messages came. */
  get cursor() {
    return this.#epoch === null ? {} : { after: this.#version, epoch: this.#epoch };
  }

  /** The run, oldest first. */
  get messages() {
    const run = [];
    for (let seq = this.#first; this.#bySeq.has(seq); seq += 1) run.push(this.#bySeq.get(seq));
    return run;
  }

  /** The newest state known of the message with this seq. */
  at(seq) {
    return this.#bySeq.get(seq);
  }

  /** Drops what is held and takes `messages` instead. */
  replace({ epoch, version, messages, more }) {
    this.#bySeq.clear();
    this.#epoch = epoch;
    this.#version = version;
    this.#wanted = version;
    this.#first = null;
    this.#take(messages);
    this.#more = more ?? (this.#first ?? 1) > 1;
  }

  /** Takes every message changed since the cursor; returns those that were news. */
  merge(messages, version) {
    const news = this.#take(messages);
    this.#version = Math.max(this.#version, version);
    return news;
  }

  /** Takes one live change: "applied", "known" (nothing new) or "gap" (something was missed). */
  apply(version, message) {
    if (version <= this.#version) return "known";
    this.expect(version);
    if (version > this.#version + 1) return "gap";
    this.#take([message]);
    this.#version = version;
    return "applied";
  }

  /** The room is at `version`, says the server. */
  expect(version) {
    this.#wanted = Math.max(this.#wanted, version);
  }

  /** Takes a page of older messages in front of the run. */
  prepend(messages, more) {
    this.#take(messages);
    if (messages.length > 0) this.#first = Math.min(this.#first ?? Infinity, messages[0].seq);
    this.#more = more;
  }

  /** True when the message is part of the run, not an older one that has yet to be loaded. */
  shows({ seq }) {
    return this.#first !== null && seq >= this.#first;
  }

  /**
   * Changes to messages older than the run are kept as well: a page of history read before such
   * a change may arrive after it.
   */
  #take(messages) {
    const news = messages.filter((message) => {
      const held = this.#bySeq.get(message.seq);
      return !held || held.version < message.version;
    });
    for (const message of news) this.#bySeq.set(message.seq, message);
    if (this.#first === null && news.length > 0) {
      this.#first = Math.min(...news.map(({ seq }) => seq));
    }
    return news;
  }
}
