import { Admission } from "./admission.js";
import { ChatError, disconnected } from "./errors.js";
import { Follower } from "./follower.js";
import { Members } from "./members.js";
import { Outbox } from "./outbox.js";
import { refusalOfSize } from "./size.js";
import { TypingNotice, Typists } from "./typing.js";

/** One room as this client has it: its log, its people, and what is on the way to it. */
export class Room {
  #port;
  #environment;
  #address;
  #info = null;
  #admission;
  #members = new Members();
  #follower;
  #outbox;
  #typists;
  #notice;

  /**
   * @param {string} address what to ask for: a slug, or what a person typed
   * @param {object} port `ask(command, callbacks)`, `tell(command)`, `emit(type, detail)`,
   *   `limits()` and `user()`, null while there is no session
   * @param {object} environment clock, newId, storage and keep
   */
  constructor(address, port, environment) {
    const { clock, newId, keep } = environment;
    this.#address = address;
    this.#port = port;
    this.#environment = environment;
    this.#admission = new Admission(this.#admissionPort(), clock);
    this.#follower = new Follower(this.#followerPort(), clock, keep);
    this.#outbox = new Outbox({ clock, newId, ...this.#outboxPort() });
    this.#typists = new Typists(clock, (users) => this.#emit("typing", { users }));
    this.#notice = new TypingNotice(clock);
  }

  /** The slug, once the room was joined; until then what was asked for. */
  get slug() {
    return this.#info?.slug ?? this.#address;
  }

  /** The room as it is now: `{slug, info, state, messages, more, members, count, outbox}`. */
  get snapshot() {
    const { log } = this.#follower;
    return {
      slug: this.slug,
      info: this.#info,
      state: this.#admission.state,
      messages: log.messages,
      more: log.more,
      members: this.#members.list,
      count: this.#members.count,
      outbox: this.#outbox.entries,
    };
  }

  answersTo(name) {
    return name === this.slug || name === this.#address;
  }

  /** Joins as soon as there is a session; resolves with the snapshot, rejects with a ChatError. */
  join() {
    return this.#admission.request();
  }

  /** A former refusal no longer counts: the next session tries again. */
  forgive() {
    this.#admission.forgive();
  }

  /** There is a session: join, or come back to where one was. */
  greeted() {
    this.#admission.attempt();
  }

  /** The connection is gone; the room is kept for coming back. */
  paused() {
    this.#admission.lost();
    this.#follower.pause();
    this.#outbox.close();
    this.#typists.replace([]);
  }

  /** Leaves for good: what is still answered, and when, matters to nobody. */
  leave() {
    this.#ask({ type: "leave" }, { answered() {}, refused() {} });
    this.paused();
    this.#admission.end();
    this.#outbox.giveUp(disconnected("This room was left before the answer came."));
    this.#port = { ...this.#port, ask() {}, tell() {}, emit() {} };
  }

  /** There will be no session: whoever waits is told why. */
  giveUp(error) {
    this.#admission.giveUp(error);
    this.#outbox.giveUp(error);
  }

  /** The server took this client out of the room: the room is gone. */
  removed() {
    this.paused();
    this.#admission.refuse(new ChatError("not_found", "This room is no longer here."));
  }

  /** Applies `joined`, whether it was asked for or not. */
  joined(event) {
    const { room, members, count } = event;
    this.#info = room;
    this.#members.replace(members, count);
    this.#claimOutbox();
    this.#follower.take({ ...event, epoch: room.epoch, version: room.version });
    this.#admission.granted();
    this.#emit("joined", { info: room, members: this.#members.list, count });
    this.#outbox.settleHeld();
    this.#outbox.open();
  }

  message(event) {
    if (this.#isIn) this.#follower.message(event);
  }

  synced(event) {
    this.#follower.take(event);
  }

  head(version) {
    if (this.#isIn) this.#follower.head(version);
  }

  presence(event) {
    if (!this.#isIn) return;
    const { arrived, left } = this.#members.apply(event);
    for (const { id } of left) this.#typists.remove(id);
    this.#emit("presence", { arrived, left, members: this.#members.list, count: event.count });
  }

  nowTyping({ users }) {
    if (this.#isIn) this.#typists.replace(users);
  }

  changed({ room, was }) {
    this.#info = room;
    if (was) this.#claimOutbox();
    this.#emit("room", { info: room, was });
    this.#follower.epoch(room.epoch);
  }

  send(body) {
    this.#notice.reset();
    const sending = this.#outbox.add(body);
    const { refusal } = this.#admission;
    if (refusal) this.#outbox.giveUp(refusal);
    return sending;
  }

  retry(id) {
    this.#outbox.retry(id);
  }

  discard(id) {
    this.#outbox.discard(id);
  }

  typing() {
    if (this.#isIn && this.#notice.due()) this.#tell({ type: "typing" });
  }

  /** Loads a page of older messages; resolves with `{messages, more}`. */
  history(limit) {
    const { log } = this.#follower;
    const { epoch, first, more } = log;
    if (!more || first === null) return Promise.resolve({ messages: [], more });
    const page = new Promise((resolve, reject) => {
      const answered = (page) => {
        const fits = log.epoch === epoch && log.first === first;
        resolve(fits ? this.#prepend(page) : { messages: [], more: log.more });
        log.pageCame();
      };
      const refused = (error) => {
        reject(error);
        log.pageCame();
      };
      log.awaitPage();
      this.#ask({ type: "history", before: first, limit }, { answered, refused });
    });
    page.catch(() => {}); // What came is also an event, and one may ask again.
    return page;
  }

  /** Before one is in, what comes was meant for one who has left since. */
  get #isIn() {
    return this.#admission.state === "in";
  }

  #prepend(page) {
    const { log } = this.#follower;
    log.prepend(page.messages, page.more);
    const older = { messages: page.messages.map(({ seq }) => log.at(seq)), more: page.more };
    older.messages.forEach((message) => this.#confirm(message));
    this.#emit("history", older);
    return older;
  }

  /** What the log has of this person was sent. */
  #confirm(message) {
    if (message.author.id === this.#port.user().id) this.#outbox.seen(message);
  }

  #claimOutbox() {
    const { id: owner, kind } = this.#port.user();
    const { session, local } = this.#environment.storage;
    const storage = kind === "guest" ? session : local;
    this.#outbox.belongTo({ storage, owner, room: this.slug });
  }

  #admissionPort() {
    return {
      ask: (callbacks) => {
        if (!this.#port.user()) return false;
        this.#claimOutbox();
        this.#ask({ type: "join", ...this.#follower.log.cursor }, callbacks);
        return true;
      },
      joined: (event) => this.joined(event),
      refused: (error) => {
        this.#emit("refused", { error });
        // Whoever takes another name at this goes on.
        if (this.#admission.refusal) this.#outbox.giveUp(error);
      },
      snapshot: () => this.snapshot,
    };
  }

  #followerPort() {
    return {
      ask: (command, callbacks) => this.#ask(command, callbacks),
      tell: (command) => this.#tell(command),
      replaced: () => {
        const { messages, more } = this.#follower.log;
        this.#emit("reset", { messages, more });
        messages.forEach((message) => this.#confirm(message));
      },
      changed: (message) => {
        if (this.#follower.log.shows(message)) this.#emit("message", { message });
        this.#confirm(message);
        this.#typists.remove(message.author.id);
      },
    };
  }

  #outboxPort() {
    return {
      transmit: ({ id, body }, callbacks) => this.#transmit({ type: "send", id, body }, callbacks),
      holds: (version) => version <= this.#follower.log.version,
      changed: () => {
        const { entries, retryAt } = this.#outbox;
        this.#emit("outbox", { entries, retryAt });
      },
    };
  }

  #transmit(command, callbacks) {
    const refusal = refusalOfSize({ ...command, room: this.slug }, this.#port.limits());
    if (refusal) callbacks.refused(refusal);
    else this.#ask(command, callbacks);
  }

  #ask(command, callbacks) {
    this.#port.ask({ ...command, room: this.slug }, callbacks);
  }

  #tell(command) {
    this.#port.tell({ ...command, room: this.slug });
  }

  #emit(type, detail) {
    this.#port.emit(type, { room: this.slug, ...detail });
  }
}
