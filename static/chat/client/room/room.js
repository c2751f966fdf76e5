import { ChatError, disconnectedError, usageError } from "../base/errors.js";
import { Admission } from "./admission.js";
import { History } from "./history.js";
import { Members } from "./members.js";
import { OwnReactions } from "./ownreactions.js";
import { Outbox } from "./outbox.js";
import { refusalOfSize } from "./size.js";
import { Synchroniser } from "./synchroniser.js";
import { TypingNotice, Typists } from "./typing.js";

// Why this client is no longer in a room that it has not left.
const REASONS = {
  left: "You are no longer in this room.",
  deleted: "This room was deleted.",
  removed: "You were removed from this room.",
  banned: "You were banned from this room.",
  private: "This room is private now.",
  password: "This room asks for a password now.",
};
// The command that sends an entry of the outbox, by its kind.
const COMMANDS = {
  message: ({ id, body, reply_to, format, mentions, mention_names }) => {
    return { type: "send", id, body, reply_to, format, mentions, mention_names };
  },
  edit: ({ id, of: seq, body, base, mentions, mention_names }) => {
    return { type: "edit", id, seq, body, base, mentions, mention_names };
  },
  delete: ({ id, of: seq }) => ({ type: "delete", id, seq }),
  react: ({ id, of: seq, emoji, on }) => ({ type: "react", id, seq, emoji, on }),
};

/** One room as this client has it: its log, its members, and the messages being sent to it. */
export class Room {
  #port;
  #environment;
  #address;
  #info = null;
  #hasLeft = false;
  #password;
  #admission;
  #members = new Members();
  #synchroniser;
  #history;
  #outbox;
  #own = new OwnReactions();
  #typists;
  #notice;

  /**
   * @param {string} address what to join: a slug, or what a person typed
   * @param {object} port the chat's `requests`, `link` and `emitter`; `limits()`; and `user()`,
   *   null while there is no session
   * @param {object} environment clock, newId, storage and keep
   */
  constructor(address, port, environment) {
    const { clock, newId, keep } = environment;
    this.#address = address;
    this.#port = port;
    this.#environment = environment;
    this.#admission = new Admission(this.#admissionPort(), clock);
    this.#synchroniser = new Synchroniser(this.#synchroniserPort(), clock, keep);
    this.#history = new History(this.#synchroniser.log, this.#historyPort());
    this.#outbox = new Outbox({ clock, newId, ...this.#outboxPort() });
    this.#typists = new Typists(clock, (users) => this.#emitEvent("typing", { users }));
    this.#notice = new TypingNotice(clock);
  }

  /** The slug, once the room was joined; until then the address. */
  get slug() {
    return this.#info?.slug ?? this.#address;
  }

  /** Its id, once it was joined. */
  get id() {
    return this.#info?.id;
  }

  /** The room as it is now: `{slug, info, state, messages, more, refs, members, count, outbox,
   * changes}`. */
  get snapshot() {
    const { log } = this.#synchroniser;
    const { messages, more } = log;
    return {
      slug: this.slug,
      info: this.#info,
      state: this.#admission.state,
      messages,
      more,
      refs: log.refsOf(messages),
      members: this.#members.list,
      count: this.#members.count,
      outbox: this.#outbox.entries,
      changes: this.#outbox.changes,
    };
  }

  isNamed(name) {
    return name === this.slug || name === this.#address;
  }

  /**
   * Joins as soon as there is a session; resolves with the snapshot, rejects with a ChatError.
   * `password` is sent until the server has accepted or refused it.
   */
  requestEntry(password) {
    this.#password = password ?? this.#password;
    return this.#admission.request();
  }

  /** Leaves until the next session, which joins it also where the last one was refused. */
  stepOut() {
    const { link } = this.#port;
    const onRefusal = ({ code }) => code === "disconnected" || link.restart();
    if (["joining", "in"].includes(this.#admission.state)) this.#leave(onRefusal);
    else this.#admission.disconnect();
    this.#admission.forgive();
  }

  /** Joins, or resumes: there is a session. */
  onSession() {
    this.#admission.attempt();
  }

  /** Waits for the next session: the connection is lost. */
  suspend() {
    this.#admission.disconnect();
    this.#synchroniser.pause();
    this.#outbox.close();
    this.#typists.setUsers([]);
  }

  /** Leaves for good; the reply and what follows it are ignored. */
  exit() {
    this.#leave(() => {});
    this.#admission.end();
    this.#outbox.rejectAll(disconnectedError("This room was left before the answer came."));
    this.#hasLeft = true;
  }

  /** Rejects each join and each send that waits: there will be no session. */
  rejectWaiting(error) {
    this.#admission.rejectWaiting(error);
    this.#outbox.rejectAll(error);
  }

  /** Applies `left`, which was not requested: the room is gone, or this person may not stay. */
  onLeft({ reason }) {
    this.suspend();
    const words = REASONS[reason] ?? REASONS.left;
    const code = reason === "password" ? "password_required" : "not_found";
    this.#admission.refuse(new ChatError(code, words, { reason }));
  }

  /** Applies `joined`, whether it was requested or not. */
  onJoined(event) {
    const { room, members, count } = event;
    this.#info = room;
    this.#password = undefined;
    this.#members.replaceAll(members, count);
    this.#claimOutbox();
    const { epoch, version } = room;
    this.#synchroniser.applyChanges({ ...this.#marked(event), epoch, version });
    this.#admission.grant();
    this.#emitEvent("joined", { info: room, members: this.#members.list, count });
    // Who took another name while this client was not in; itself, perhaps.
    this.#synchroniser.log.renamedOf(members).forEach((user) => this.onRenamed({ user }));
    this.#outbox.removeReached();
    this.#outbox.open();
  }

  onMessage(event) {
    if (!this.#isIn) return;
    this.#synchroniser.applyLive({ ...event, message: this.#own.mark(event.message) });
  }

  onSynced(event) {
    this.#synchroniser.applyChanges(this.#marked(event));
  }

  onHead(version) {
    if (this.#isIn) this.#synchroniser.compareVersion(version);
  }

  onPresence(event) {
    if (!this.#isIn) return;
    const moves = this.#members.applyPresence(event);
    for (const { id } of moves.left) this.#typists.removeUser(id);
    this.#emitEvent("presence", { ...moves, members: this.#members.list, count: event.count });
  }

  onRenamed({ user }) {
    if (!this.#isIn) return;
    this.#synchroniser.log.renameAuthor(user);
    this.#emitEvent("renamed", { user });
  }

  /** Notes what this person did on another device. */
  onReacted(reaction) {
    if (this.#isIn) this.#noteReaction(reaction, reaction);
  }

  onTyping({ users }) {
    if (this.#isIn) this.#typists.setUsers(users);
  }

  onRoom({ room, was }) {
    if (!this.#isIn) return;
    // What everybody is sent does not say one's own place.
    const { my } = this.#info;
    this.#info = my ? { my, ...room } : room;
    if (was) this.#claimOutbox();
    this.#emitEvent("room", { info: this.#info, was });
    this.#synchroniser.compareEpoch(room.epoch);
  }

  sendMessage(content) {
    this.#notice.restart();
    return this.#unlessRefused(this.#outbox.enqueue(content));
  }

  /** Changes a message, or its reactions: `of` is its seq, or the id that it was sent under. */
  changeMessage({ of, ...change }) {
    const isUnknown = typeof of === "string" && !this.#outbox.has(of);
    const target = isUnknown ? this.#seqOf(of) : of;
    if (target === undefined) throw usageError("There is no message of yours with this id.");
    return this.#unlessRefused(this.#outbox.enqueueChange({ ...change, of: target }));
  }

  retryMessage(id) {
    this.#outbox.retryEntry(id);
  }

  discardMessage(id) {
    this.#outbox.discardEntry(id);
  }

  noteTyping() {
    if (this.#isIn && this.#notice.take()) this.#sendInRoom({ type: "typing" });
  }

  /** Loads a page of older messages; resolves with `{messages, more}`. */
  loadHistory(limit) {
    return this.#history.loadPage(limit);
  }

  /** Loads the page at a place; resolves with `{messages, more, newer}`. */
  loadPlace(place, limit) {
    return this.#history.loadPlace(place, limit);
  }

  /** Loads messages by their seqs. */
  loadMessages(seqs) {
    return this.#history.loadSeqs(seqs);
  }

  /** While false, live events belong to a stay in the room that has ended. */
  get #isIn() {
    return this.#admission.state === "in";
  }

  #leave(onRefusal) {
    this.#port.requests.forgetRoom(this.slug);
    this.#requestInRoom({ type: "leave" }, { onReply() {}, onRefusal });
    this.suspend();
  }

  #unlessRefused(sending) {
    const { refusal } = this.#admission;
    if (refusal) this.#outbox.rejectAll(refusal);
    return sending;
  }

  #seqOf(id) {
    const own = this.#port.user()?.id;
    const { messages } = this.#synchroniser.log;
    return messages.find((message) => message.id === id && message.author.id === own)?.seq;
  }

  /** Tells the outbox what is in the log: this person's messages, and changes of any. */
  #confirmOwn(message) {
    if (message.author.id === this.#port.user().id) this.#outbox.confirmStored(message);
    this.#outbox.confirmChanges(message.seq);
  }

  /** Returns an event with the own reactions marked in its messages. */
  #marked(event) {
    this.#own.add(event);
    return { ...event, messages: event.messages.map((message) => this.#own.mark(message)) };
  }

  /** Notes an own reaction that is stored, and marks it where its message has come before. */
  #noteReaction({ emoji, on }, { seq, version }) {
    const { log } = this.#synchroniser;
    this.#own.set(seq, emoji, on, version);
    const held = log.messageAt(seq);
    if (!(held?.version >= version)) return;
    const message = this.#own.mark(held);
    const isSame = ({ mine }, index) => mine === held.reactions[index].mine;
    if (message.reactions?.every(isSame) ?? true) return;
    if (log.replace(message)) this.#emitEvent("message", { message });
  }

  #claimOutbox() {
    const { id: owner, kind } = this.#port.user();
    this.#own.assignTo(owner);
    const { session, local } = this.#environment.storage;
    const storage = kind === "guest" ? session : local;
    this.#outbox.claim({ storage, tab: session, owner, room: this.slug, home: this.#info?.id });
  }

  #admissionPort() {
    return {
      requestJoin: (callbacks) => {
        if (!this.#port.user()) return false;
        this.#claimOutbox();
        const { cursor } = this.#synchroniser.log;
        this.#requestInRoom({ type: "join", password: this.#password, ...cursor }, callbacks);
        return true;
      },
      onJoined: (event) => this.onJoined(event),
      onRefused: (error) => {
        this.#password = undefined;
        this.#emitEvent("refused", { error });
        // A listener that takes another name continues.
        if (this.#admission.refusal) this.#outbox.rejectAll(error);
      },
      snapshot: () => this.snapshot,
    };
  }

  #synchroniserPort() {
    return {
      requestSync: (cursor, callbacks) => {
        const onReply = (event) => callbacks.onReply(this.#marked(event));
        this.#requestInRoom({ type: "sync", ...cursor }, { ...callbacks, onReply });
      },
      sendReceipt: (version) => this.#sendInRoom({ type: "received", version }),
      onReset: () => {
        this.#info = { ...this.#info, epoch: this.#synchroniser.log.epoch };
        this.#outbox.rejectFormer();
        const { messages, more } = this.#synchroniser.log;
        const refs = this.#synchroniser.log.refsOf(messages);
        this.#emitEvent("reset", { messages, more, refs });
        messages.forEach((message) => this.#confirmOwn(message));
      },
      onApplied: (message) => {
        if (this.#synchroniser.log.wasHeld(message)) this.#emitMessage(message);
        this.#confirmOwn(message);
        this.#typists.removeUser(message.author.id);
      },
    };
  }

  #historyPort() {
    return {
      request: (command, callbacks) => {
        const onReply = (page) => callbacks.onReply(this.#marked(page));
        this.#requestInRoom(command, { ...callbacks, onReply });
      },
      onPage: (page) => {
        page.messages.forEach((message) => this.#confirmOwn(message));
        this.#emitEvent("history", page);
      },
    };
  }

  #outboxPort() {
    return {
      transmit: (entry, callbacks) => {
        const command = COMMANDS[entry.kind ?? "message"](entry);
        const refusal = refusalOfSize({ ...command, room: this.slug }, this.#port.limits());
        if (refusal) callbacks.onRefusal(refusal);
        else this.#requestInRoom(command, callbacks);
      },
      onStored: (entry, ack) => entry.kind === "react" && this.#noteReaction(entry, ack),
      epoch: () => this.#synchroniser.log.epoch,
      hasVersion: (version) => version <= this.#synchroniser.log.version,
      onChange: () => {
        const { entries, changes, retryAt, reason } = this.#outbox;
        this.#emitEvent("outbox", { entries, changes, retryAt, reason });
      },
    };
  }

  #requestInRoom(command, callbacks) {
    if (this.#hasLeft) return;
    this.#port.requests.sendRequest({ ...command, room: this.slug }, callbacks);
  }

  #sendInRoom(command) {
    if (!this.#hasLeft) this.#port.link.sendCommand({ ...command, room: this.slug });
  }

  #emitMessage(message) {
    const refs = this.#synchroniser.log.refsOf([message]);
    this.#emitEvent("message", { message, refs });
  }

  #emitEvent(type, detail) {
    if (!this.#hasLeft) this.#port.emitter.emit(type, { room: this.slug, ...detail });
  }
}
