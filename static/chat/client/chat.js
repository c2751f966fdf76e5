/** @import { Events, ListedRoom, Manner, Message, Page, Place, Receipt, RoomInfo, Snapshot, State, User } from "./base/types.js" */
import { apiAt } from "./base/address.js";
import { EVENTS, Emitter } from "./emitter.js";
import { errorOfStop } from "./link/closes.js";
import {
  ChatError,
  checkManner,
  checkMentions,
  checkMessage,
  checkPage,
  checkSeq,
  checkSeqs,
  checkShown,
  checkText,
  isObject,
  usageError,
} from "./base/errors.js";
import { Directory } from "./directory.js";
import { Identity } from "./identity.js";
import { Link } from "./link/link.js";
import { Permission } from "./permission.js";
import { OwnRooms } from "./ownrooms.js";
import { PAGE } from "./base/protocol.js";
import { ReadMarks } from "./readmarks.js";
import { Requests } from "./requests.js";
import { Room } from "./room/room.js";
import { Rooms } from "./rooms.js";

// Of so many it is known that they were emitted.
const NOTICES_KEPT = 100;

/**
 * The client of one site over one lasting connection: its person, and the rooms it is in. Events
 * go to the listeners of `on`. Methods without a room mean the one that `connect` was given.
 */
export class Chat {
  #environment;
  #permission;
  #emitter = new Emitter(EVENTS);
  #requests;
  #identity;
  #link;
  #rooms;
  #own;
  #marks;
  #directory;
  #noticed = new Set();
  #user = null;
  #limits = null;
  #hasSession = false;
  #hasOpened = false;
  #lastError = null;
  #ending = null;
  // Why one is in no room: the refusal of another name.
  #nameRefusal = null;

  constructor(url, { name, token, signedIn, room, ...environment }) {
    this.#environment = environment;
    this.#permission = new Permission(environment, apiAt(url));
    this.#requests = new Requests(
      {
        passOn: (command) => this.#link.sendCommand(command),
        onPause: (pause) => this.#link.showPause(pause),
      },
      environment.clock,
    );
    this.#rooms = new Rooms(room);
    this.#identity = new Identity({ storage: environment.storage, name, token, signedIn });
    this.#directory = new Directory(url, environment, this.#identity);
    this.#own = new OwnRooms({
      requests: this.#requests,
      emitter: this.#emitter,
      clock: environment.clock,
      user: () => (this.#hasSession ? this.#user : null),
    });
    this.#link = new Link(url, environment, {
      onState: (state) => this.#stateChanged(state),
      onOpen: () => this.#hello(),
      onEvent: (event) => this.#receiveEvent(event),
      onClose: () => this.#connectionClosed(),
    });
    this.#marks = new ReadMarks(this.#link, environment.clock);
    this.#link.start();
  }

  /** @returns {User | null} this client's person; null before the first welcome */
  get user() {
    return this.#user;
  }

  /** @returns {ListedRoom[]} this person's own rooms; empty before `watch` */
  get list() {
    return this.#own.list;
  }

  /** @returns {State} the state of the connection */
  get state() {
    return this.#link.state;
  }

  /**
   * Calls `listener` at each event of a type, and returns a function that stops this. Events of a
   * room have its slug as `room`.
   *
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(event: Events[Type]) => void} listener
   * @returns {() => void}
   */
  on(type, listener) {
    return this.#emitter.subscribe(type, listener);
  }

  /**
   * Joins a room, by slug or by what a person typed; resolves once in, and rejects with a
   * ChatError where this person may not join.
   *
   * @param {string} [room]
   * @param {{password?: string}} [options] the password of a room that asks for one, once
   * @returns {Promise<Snapshot>}
   */
  join(room, { password } = {}) {
    const name = this.#rooms.checkName(room);
    const known = this.#rooms.findNamed(name);
    const joined = known ?? this.#rooms.add(new Room(name, this.#roomPort(), this.#environment));
    this.#nameRefusal = null;
    const joining = joined.requestEntry(password);
    if (this.#ending) joined.rejectWaiting(this.#ending);
    return joining;
  }

  /**
   * Leaves a room for good.
   *
   * @param {string} [room]
   */
  leave(room) {
    const left = this.#rooms.get(room);
    this.#rooms.remove(left);
    left.exit();
  }

  /**
   * Sends a message: `send(body)`, or `send(room, body)`, either with a Manner as the last
   * argument. It is sent as soon as possible, once, and after all sent before; resolves when it is
   * stored. Rejects with a ChatError where it is refused, and, while it stays in the outbox, where
   * a join is refused or the connection stops.
   *
   * @param {[body: string, manner?: Manner] | [room: string, body: string, manner?: Manner]} options
   * @returns {Promise<Receipt>}
   */
  send(...options) {
    const manner = isObject(options.at(-1)) ? options.pop() : {};
    if (options.length > 2) throw usageError("Say one thing. Call send(body), or send(room, body).");
    const [room, body] = this.#rooms.split(options);
    const text = checkText(body, "A message is a text. Call send(body), or send(room, body).");
    const sending = room.sendMessage({ body: text, ...checkManner(manner) });
    this.#rejectWhereNotIn(room);
    return sending;
  }

  /**
   * Replies to a message, by its seq: `reply(seq, body)`, or `reply(room, seq, body)`, either with
   * a Manner as the last argument. As `send` otherwise.
   *
   * @param {(string | number | Manner)[]} options
   * @returns {Promise<Receipt>}
   */
  reply(...options) {
    const manner = isObject(options.at(-1)) ? options.pop() : {};
    const [replyTo, body] = options.slice(-2);
    return this.send(...options.slice(0, -2), body, { ...manner, replyTo: checkSeq(replyTo) });
  }

  /**
   * Edits an own message: `edit(message, body)`, or `edit(room, message, body)`, where `message` is
   * its seq, or the id of `send`'s receipt or of the outbox. Where it was not sent yet, what will be
   * sent is changed. `{base}` as the last argument is the version that was edited: where somebody
   * was quicker, it rejects with `conflict`; `{mentions}` and `{mentionNames}` say
   * who is meant, as in `send`. Sent, resolved and rejected as with `send`.
   *
   * @param {[...(string | number)[], {base?: number, mentions?: string[], mentionNames?: boolean} | string]} options
   * @returns {Promise<Receipt>}
   */
  edit(...options) {
    const { base, ...meant } = isObject(options.at(-1)) ? options.pop() : {};
    const body = checkText(options.pop(), "An edit has a text: edit(message, body).");
    const [room, of] = this.#rooms.split(options);
    return this.#change(room, {
      kind: "edit",
      of: checkMessage(of),
      body,
      base,
      ...checkMentions(meant),
    });
  }

  /**
   * Deletes an own message for everybody, or, where one moderates, anybody's by its seq:
   * `remove(message)`, or `remove(room, message)`, with a message as in `edit`. One that was not sent
   * yet is not sent.
   *
   * @param {[message: string | number] | [room: string, message: string | number]} options
   * @returns {Promise<Receipt>}
   */
  remove(...options) {
    const [room, of] = this.#rooms.split(options);
    return this.#change(room, { kind: "delete", of: checkMessage(of) });
  }

  /**
   * Puts an emoji under a message, or takes the own one back where `on` is false: `react(message,
   * emoji)`, `react(message, emoji, on)`, either with the room first. `message` is the seq of any
   * message, or the id of an own one. Sent, resolved and rejected as with `send`.
   *
   * @param {[...(string | number)[], boolean | string]} options
   * @returns {Promise<Receipt>}
   */
  react(...options) {
    const on = typeof options.at(-1) === "boolean" ? options.pop() : true;
    const emoji = checkText(options.pop(), "A reaction has an emoji: react(message, emoji).");
    const [room, of] = this.#rooms.split(options);
    return this.#change(room, { kind: "react", of: checkMessage(of), emoji, on });
  }

  #change(room, change) {
    const changing = room.changeMessage(change);
    this.#rejectWhereNotIn(room);
    return changing;
  }

  #rejectWhereNotIn(room) {
    const reason = this.#ending ?? this.#nameRefusal;
    if (reason) room.rejectWaiting(reason);
  }

  /**
   * Tries a failed message again: `retry(id)`, or `retry(room, id)`.
   *
   * @param {[id: string] | [room: string, id: string]} options
   */
  retry(...options) {
    const [room, id] = this.#rooms.split(options);
    room.retryMessage(id);
  }

  /**
   * Removes a failed message from the outbox: `discard(id)`, or `discard(room, id)`.
   *
   * @param {[id: string] | [room: string, id: string]} options
   */
  discard(...options) {
    const [room, id] = this.#rooms.split(options);
    room.discardMessage(id);
  }

  /**
   * Loads the page of messages before the oldest one held: `history()`, `history(limit)`, or
   * `history(room, limit)`. With a place in the limit's stead, `{before, limit}`, `{after, limit}`
   * or `{around, limit}`, each a seq, the page from there: the snapshot does not hold it, and
   * changes of its messages come as events of `message` until the next `reset`.
   *
   * @param {[limit?: number | Place] | [room: string, limit?: number | Place]} options
   * @returns {Promise<Page>}
   */
  history(...options) {
    const [room, where = PAGE] = typeof options[0] === "string" ? options : [undefined, ...options];
    const { limit = PAGE, ...place } = typeof where === "object" ? where : { limit: where };
    checkPage(limit, place);
    if (typeof where === "object") return this.#rooms.get(room).loadPlace(place, limit);
    return this.#rooms.get(room).loadHistory(limit);
  }

  /**
   * Loads messages by their seqs, 50 at most: `get(seqs)`, or `get(room, seqs)`. Resolves with those
   * that exist; the snapshot does not hold them, and changes come as with `history`.
   *
   * @param {[seqs: number[]] | [room: string, seqs: number[]]} options
   * @returns {Promise<Message[]>}
   */
  get(...options) {
    const [room, seqs] = this.#rooms.split(options);
    return room.loadMessages(checkSeqs(seqs));
  }

  /**
   * Returns true for somebody else's message that means this client's person, or everybody.
   *
   * @param {Message} message
   * @returns {boolean}
   */
  mentionsMe(message) {
    const { author, mentions = [], mentions_all: all } = checkShown(message);
    const own = this.#user?.id;
    return author.id !== own && (all !== undefined || mentions.some(({ id }) => id === own));
  }

  /**
   * Keeps the list of this person's own rooms up to date, joined or not, from now on: see `list`
   * and the event `rooms`. Resolves with it, and rejects with a ChatError where the server refuses.
   *
   * @returns {Promise<ListedRoom[]>}
   */
  watch() {
    const watching = this.#own.watch();
    if (this.#ending) this.#own.rejectWaiting(this.#ending);
    return watching;
  }

  /**
   * Says that this person has read a room up to a message: `read(seq)`, or `read(room, seq)`, with
   * any room of theirs, joined or not. Sent as soon as possible; the server keeps the last.
   *
   * @param {[seq: number] | [room: string, seq: number]} options
   */
  read(...options) {
    const seq = checkSeq(options.pop(), "Which message was read last?");
    const name = this.#rooms.checkName(options[0]);
    const listed = this.list.find(({ room }) => room.slug === name)?.room;
    // By its id: another room may get the address.
    this.#marks.add(this.#rooms.findNamed(name)?.id ?? listed?.id ?? name, seq);
  }

  /**
   * Finds people whom this person may mention or write to, by a part of their names.
   *
   * @param {string} [query]
   * @returns {Promise<User[]>}
   */
  people(query = "") {
    return this.#directory.findPeople(checkText(query, "People are found by a text: people(query)."));
  }

  /**
   * Opens the direct room with some people, users or their ids; there is one for the same people.
   * Resolves with it, to be joined.
   *
   * @param {(User | string)[] | User | string} people
   * @returns {Promise<RoomInfo>}
   */
  direct(people) {
    const ids = [people].flat().map((each) => each?.id ?? each);
    for (const id of ids) checkText(id, "Whom? Give users, or their ids.");
    return this.#directory.openDirect(ids);
  }

  /**
   * Tells the room that this person is typing; it is sent every three seconds at most.
   *
   * @param {string} [room]
   */
  typing(room) {
    this.#rooms.get(room).noteTyping();
  }

  /**
   * Returns what this client has of a room now.
   *
   * @param {string} [room]
   * @returns {Snapshot}
   */
  snapshot(room) {
    return this.#rooms.get(room).snapshot;
  }

  /**
   * Returns the slug that a room has now, which may be another than it was joined under; until then
   * what it is to be joined under.
   *
   * @param {string} [room]
   * @returns {string}
   */
  slug(room) {
    return this.#rooms.get(room).slug;
  }

  /**
   * Changes the name: leaves all rooms, as the server asks for, and joins them again, also those
   * that refused the former name.
   *
   * @param {string} name
   */
  rename(name) {
    this.#identity.setName(checkText(name, "A name is a text."));
    this.#nameRefusal = null;
    for (const room of this.#rooms) room.stepOut();
    if (this.#link.state.name === "open") this.#hello();
    else if (this.#link.state.name === "stopped") this.#link.start();
  }

  /** Connects now instead of at the end of the wait, and again after the connection stopped. */
  reconnect() {
    if (this.#link.state.name === "stopped") this.#link.start();
    else this.#link.wake();
  }

  /** Stops the connection until `reconnect`. What was not sent stays in the outbox. */
  close() {
    this.#link.stop(1000, "The chat was closed.");
  }

  #hello() {
    this.#requests.sendRequest(this.#identity.helloCommand(), {
      onReply: (event) => this.#welcomed(event),
      onRefusal: (error) => this.#helloRefused(error),
    });
  }

  #welcomed(event) {
    this.#user = event.user;
    this.#limits = event.limits;
    this.#hasSession = true;
    this.#nameRefusal = null;
    this.#identity.storeGuest(event);
    this.#link.confirm(event.heartbeat);
    this.#emitter.emit("welcome", event);
    for (const room of this.#rooms) room.onSession();
    this.#own.onSession();
    this.#marks.onSession();
  }

  #helloRefused(error) {
    if (error.code === "disconnected") return;
    if (error.isTemporary) {
      return this.#link.restart((error.retryAfter ?? 0) * 1000, error.message);
    }
    if (error.code === "unauthorized" && this.#identity.dropGuest()) return this.#link.restart();
    if (!this.#hasSession) return this.#stop(error);
    // The next session is under the former name.
    this.#identity.setName(undefined);
    this.#nameRefusal = error;
    for (const room of this.#rooms) room.rejectWaiting(error);
    this.#emitter.emit("refused", { room: null, error });
  }

  #stateChanged(state) {
    this.#ending = state.name === "stopped" ? errorOfStop(state, this.#lastError) : null;
    if (state.name === "connecting") this.#hasOpened = false;
    if (state.name === "open") this.#hasOpened = true;
    this.#emitter.emit("state", state);
    if (state.name === "waiting" && !this.#hasOpened) this.#checkPermission();
  }

  /** Stops where this page's website is not allowed. */
  async #checkPermission() {
    const error = await this.#permission.refusalOfOrigin();
    if (!error || this.#hasOpened || this.state.name === "stopped") return;
    this.#stop(error);
  }

  /** Stops until another name is given. */
  #stop(error) {
    this.#lastError = error;
    this.#link.stop(error.code, error.message);
  }

  #connectionClosed() {
    this.#hasSession = false;
    this.#requests.abandonAll();
    this.#marks.onEnd();
    for (const room of this.#rooms) room.suspend();
    this.#lastError = null;
    if (this.#ending) this.#refuseAll(this.#ending);
  }

  /** Rejects all that waits, unless a listener of `refused` reconnects. */
  #refuseAll(error) {
    if (error.code !== "disconnected") this.#emitter.emit("refused", { room: null, error });
    if (this.#ending !== error) return;
    this.#own.rejectWaiting(error);
    for (const room of this.#rooms) room.rejectWaiting(error);
  }

  #receiveEvent(event) {
    if (this.#requests.settleReply(event)) return;
    switch (event.type) {
      case "site":
        return this.#emitter.emit("site", event);
      case "rooms":
        return this.#own.onRooms(event);
      case "read":
        this.#own.onRead(event);
        return this.#emitter.emit("read", event);
      case "notice":
        return this.#receiveNotice(event);
      case "renamed":
        if (event.user.id === this.#user?.id) this.#user = event.user;
        break;
      case "error":
        this.#lastError = ChatError.from(event);
        return this.#emitter.emit("error", { error: this.#lastError });
    }
    this.#rooms.dispatch(event);
  }

  /** Emits a notice once: over HTTP it comes with the stream of each room. An edit brings another. */
  #receiveNotice(event) {
    const { id, version } = event.message;
    const key = `${version} ${id} ${event.room}`;
    if (this.#noticed.has(key)) return;
    this.#noticed.add(key);
    if (this.#noticed.size > NOTICES_KEPT) this.#noticed.delete(this.#noticed.values().next().value);
    this.#emitter.emit("notice", event);
  }

  #roomPort() {
    return {
      requests: this.#requests,
      link: this.#link,
      emitter: this.#emitter,
      limits: () => this.#limits,
      user: () => (this.#hasSession ? this.#user : null),
    };
  }
}
