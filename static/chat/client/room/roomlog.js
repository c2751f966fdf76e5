// Of messages that were loaded besides the run, and of those that others reply to, so many are known.
const ELSEWHERE = 2_000;

/**
 * One room's log as far as this client has it: a gapless run of messages up to the newest, and
 * the version of the room that they stand for. Of a run that grows the oldest are dropped.
 */
export class RoomLog {
  #keep;
  #limit;
  #bySeq = new Map();
  #olderChanges = new Map();
  #elsewhere = new Set();
  #refs = new Map();
  #pagesPending = 0;
  #epoch = null;
  #version = 0;
  #latestVersion = 0;
  #more = false;
  #first = null;
  #oldestShown = null;

  /** @param {number} [keep] how many messages to hold, besides those that `prepend` added */
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

  /** True when the room is known to be at a later version. */
  get isBehind() {
    return this.#latestVersion > this.#version;
  }

  /** Where to resume; empty before the first messages were received. */
  get cursor() {
    return this.#epoch === null ? {} : { after: this.#version, epoch: this.#epoch };
  }

  /** The run, oldest first. */
  get messages() {
    const run = [];
    for (let seq = this.#first; this.#bySeq.has(seq); seq += 1) run.push(this.#bySeq.get(seq));
    return run;
  }

  /** Returns the newest state known of the message with this seq. */
  messageAt(seq) {
    return this.#bySeq.get(seq) ?? this.#olderChanges.get(seq);
  }

  /** Drops what is held and holds `messages` instead. */
  reset({ epoch, version, messages, more }) {
    this.#bySeq.clear();
    this.#olderChanges.clear();
    this.#elsewhere.clear();
    this.#refs.clear();
    this.#limit = this.#keep;
    this.#epoch = epoch;
    this.#version = version;
    this.#latestVersion = version;
    this.#first = null;
    this.#more = more ?? (messages.length > 0 && messages.every(({ seq }) => seq > 1));
    this.#add(messages);
    this.#oldestShown = this.#first;
  }

  /** Adds every message changed since the cursor; returns those that are new or changed here. */
  merge(messages, version) {
    const news = this.#add(messages);
    this.#version = Math.max(this.#version, version);
    return news;
  }

  /** Applies one live change; returns "applied", "known" (nothing new) or "gap" (one missing). */
  advance(version, message) {
    if (version <= this.#version) return "known";
    this.noteVersion(version);
    if (version > this.#version + 1) return "gap";
    this.#add([message]);
    this.#version = version;
    return "applied";
  }

  /** Notes that the room is at `version`, as the server says. */
  noteVersion(version) {
    this.#latestVersion = Math.max(this.#latestVersion, version);
  }

  /** Keeps the oldest message until `pageSettled`: a page of older ones was requested. */
  pageRequested() {
    this.#pagesPending += 1;
  }

  /** The page is here, or will never come. */
  pageSettled() {
    this.#pagesPending -= 1;
    if (this.#pagesPending === 0) this.#olderChanges.clear();
  }

  /** Puts an author's new name on the messages held. */
  renameAuthor(user) {
    for (const held of [this.#bySeq, this.#refs]) {
      for (const [seq, message] of held) {
        const renamed = withName(message, user);
        if (renamed !== message) held.set(seq, renamed);
      }
    }
  }

  /** Puts a message in the place of the same state of it; returns whether it is held. */
  replace(message) {
    const isHeld = this.#bySeq.has(message.seq);
    if (isHeld) this.#bySeq.set(message.seq, message);
    return isHeld;
  }

  /** Returns those of some users whose messages held have another name of theirs. */
  renamedOf(users) {
    const byId = new Map(users.map((user) => [user.id, user]));
    const renamed = new Set();
    for (const { author } of this.#bySeq.values()) {
      const user = byId.get(author.id);
      if (user && user.name !== author.name) renamed.add(user);
    }
    return [...renamed];
  }

  /** Adds a page of older messages before the run. */
  prepend(messages, more) {
    for (const message of messages) {
      this.#bySeq.set(message.seq, later(this.messageAt(message.seq), message));
    }
    if (messages.length > 0) this.#first = Math.min(this.#first ?? Infinity, messages[0].seq);
    this.#oldestShown = Math.min(this.#oldestShown ?? Infinity, this.#first ?? Infinity);
    // What somebody loaded of the past would else be dropped again at the next message.
    this.#limit = Math.max(this.#limit, this.#bySeq.size);
    this.#more = more;
  }

  /** Notes messages that others reply to, by seq. */
  noteRefs(refs = {}) {
    for (const message of Object.values(refs)) {
      const known = later(this.#refs.get(message.seq), message);
      this.#refs.delete(message.seq);
      this.#refs.set(message.seq, known);
    }
    for (const seq of [...this.#refs.keys()].slice(0, -ELSEWHERE)) this.#refs.delete(seq);
  }

  /** Returns what these messages reply to, by seq, as it is by now. */
  refsOf(messages) {
    const refs = {};
    for (const { reply_to: seq } of messages) {
      const original = this.messageAt(seq) ?? this.#refs.get(seq);
      if (original) refs[seq] = later(this.#refs.get(seq), original);
    }
    return refs;
  }

  /** Notes messages that were loaded besides the run; returns them as they are by now. */
  noteLoaded(messages) {
    for (const { seq } of messages) {
      this.#elsewhere.delete(seq);
      this.#elsewhere.add(seq);
    }
    const known = [...this.#elsewhere];
    for (const seq of known.slice(0, -ELSEWHERE)) this.#elsewhere.delete(seq);
    return messages.map((message) => later(this.messageAt(message.seq), message));
  }

  /** Returns true for a message that was part of the run, even if it was dropped since, and for one
   * that was loaded besides it, or that another replies to. */
  wasHeld({ seq }) {
    const wasInRun = this.#oldestShown !== null && seq >= this.#oldestShown;
    return wasInRun || this.#elsewhere.has(seq) || this.#refs.has(seq);
  }

  #add(messages) {
    const isNews = (message) => later(this.messageAt(message.seq), message) === message;
    const news = messages.filter(isNews);
    if (this.#first === null && news.length > 0) {
      this.#first = this.#oldestShown = Math.min(...news.map(({ seq }) => seq));
    }
    for (const message of news) this.#set(message);
    this.#dropOldest();
    return news;
  }

  /**
   * A change to a message older than the run matters while a page is on its way: the page may have
   * been read before the change.
   */
  #set(message) {
    if (this.#refs.has(message.seq)) this.noteRefs({ [message.seq]: message });
    if (message.seq >= this.#first) this.#bySeq.set(message.seq, message);
    else if (this.#pagesPending > 0) this.#olderChanges.set(message.seq, message);
  }

  /** Drops nothing while a page is on its way, which ends just before the oldest message. */
  #dropOldest() {
    while (this.#pagesPending === 0 && this.#bySeq.size > this.#limit) {
      this.#bySeq.delete(this.#first);
      this.#first += 1;
      this.#more = true;
    }
  }
}

/** Returns a message with another name of a user, as its author and in its mentions. */
function withName(message, user) {
  const isMeant = message.mentions?.some(({ id }) => id === user.id);
  const named = message.author.id === user.id ? { ...message, author: user } : message;
  if (!isMeant) return named;
  return { ...named, mentions: named.mentions.map((one) => (one.id === user.id ? renamed(one, user) : one)) };
}

/** Returns somebody who is mentioned under another name: the text has the one of its time. */
function renamed({ name, was = name }, user) {
  return was === user.name ? user : { ...user, was };
}

/** Returns the later state of a message of which one may be held. */
function later(held, message) {
  return held && held.version >= message.version ? held : message;
}
