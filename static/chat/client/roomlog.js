/**
 * One room's log as far as this client has it: a gapless run of messages up to the newest, and
 * the version of the room they stand for. Of a run that grows the oldest are let go.
 */
export class RoomLog {
  #keep;
  #limit;
  #bySeq = new Map();
  #late = new Map();
  #pages = 0;
  #epoch = null;
  #version = 0;
  #wanted = 0;
  #more = false;
  #first = null;
  #oldestShown = null;

  /** @param {number} [keep] how many messages to hold, beside what `prepend` brought */
  constructor(keep = Infinity) {
    this.#keep = this.#limit = keep;
  }

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
    return this.#bySeq.get(seq) ?? this.#late.get(seq);
  }

  /** Drops what is held and takes `messages` instead. */
  replace({ epoch, version, messages, more }) {
    this.#bySeq.clear();
    this.#late.clear();
    this.#limit = this.#keep;
    this.#epoch = epoch;
    this.#version = version;
    this.#wanted = version;
    this.#first = null;
    this.#more = more ?? (messages.length > 0 && messages.every(({ seq }) => seq > 1));
    this.#take(messages);
    this.#oldestShown = this.#first;
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

  /** A page of older messages is on its way: until `pageCame` its place is kept. */
  awaitPage() {
    this.#pages += 1;
  }

  /** The page is here, or will never be. */
  pageCame() {
    this.#pages -= 1;
    if (this.#pages === 0) this.#late.clear();
  }

  /** Takes a page of older messages in front of the run. */
  prepend(messages, more) {
    for (const message of messages) {
      this.#bySeq.set(message.seq, newer(this.at(message.seq), message));
    }
    if (messages.length > 0) this.#first = Math.min(this.#first ?? Infinity, messages[0].seq);
    this.#oldestShown = Math.min(this.#oldestShown ?? Infinity, this.#first ?? Infinity);
    // Whoever goes back far would else be thrown forward again by the next message.
    this.#limit = Math.max(this.#limit, this.#bySeq.size);
    this.#more = more;
  }

  /** True for a message that was part of the run, though it may have been let go since. */
  shows({ seq }) {
    return this.#oldestShown !== null && seq >= this.#oldestShown;
  }

  #take(messages) {
    const news = messages.filter((message) => newer(this.at(message.seq), message) === message);
    if (this.#first === null && news.length > 0) {
      this.#first = this.#oldestShown = Math.min(...news.map(({ seq }) => seq));
    }
    for (const message of news) this.#put(message);
    this.#letGo();
    return news;
  }

  /**
   * A change to a message older than the run matters while a page is on its way: it may have been
   * read before the change.
   */
  #put(message) {
    if (message.seq >= this.#first) this.#bySeq.set(message.seq, message);
    else if (this.#pages > 0) this.#late.set(message.seq, message);
  }

  /** A page that is on its way belongs in front of the oldest message there is. */
  #letGo() {
    while (this.#pages === 0 && this.#bySeq.size > this.#limit) {
      this.#bySeq.delete(this.#first);
      this.#first += 1;
      this.#more = true;
    }
  }
}

/** The later state of a message of which one may be held. */
function newer(held, message) {
  return held && held.version >= message.version ? held : message;
}
