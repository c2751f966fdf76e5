/** @import { Events, Message, Receipt, Snapshot, State, User } from "./types.js" */
import { apiAt } from "./address.js";
import { Emitter } from "./emitter.js";
import { errorOfStop } from "./closes.js";
import { ChatError } from "./errors.js";
import { EVENTS } from "./events.js";
import { Identity } from "./identity.js";
import { Link } from "./link.js";
import { Permission } from "./permission.js";
import { Requests } from "./requests.js";
import { Room } from "./room.js";
import { Rooms } from "./rooms.js";

/**
 * A conversation with the server over one lasting connection: who one is, and the rooms one is
 * in. What happens is told through `on`. Where no room is named, the one given to `connect` is
 * meant.
 */
export class Chat {
  #environment;
  #permission;
  #emitter = new Emitter(EVENTS);
  #requests = new Requests((command) => this.#link.send(command));
  #identity;
  #link;
  #rooms;
  #user = null;
  #limits = null;
  #greeted = false;
  #reached = false;
  #told = null;
  #ending = null;

  constructor(url, { name, token, signedIn, room, ...environment }) {
    this.#environment = environment;
    this.#permission = new Permission(environment, apiAt(url));
    this.#rooms = new Rooms(room);
    this.#identity = new Identity({ storage: environment.storage, name, token, signedIn });
    this.#link = new Link(url, environment, {
      changed: (state) => this.#changed(state),
      opened: () => this.#hello(),
      received: (event) => this.#receive(event),
      closed: () => this.#closed(),
    });
    this.#link.start();
  }

  /** @returns {User | null} who this is; null before the first welcome */
  get user() {
    return this.#user;
  }

  /** @returns {State} where the connection stands */
  get state() {
    return this.#link.state;
  }

  /**
   * Calls `listener` at each event of a type, and returns a function that ends it. Events of a
   * room name it as `room`, by its slug.
   *
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(event: Events[Type]) => void} listener
   * @returns {() => void}
   */
  on(type, listener) {
    return this.#emitter.on(type, listener);
  }

  /**
   * Joins a room, by slug or by what a person typed; resolves once in, and rejects with a
   * ChatError where one may not come in.
   *
   * @param {string} [room]
   * @returns {Promise<Snapshot>}
   */
  join(room) {
    const name = this.#rooms.named(room);
    const known = this.#rooms.find(name);
    const wanted = known ?? this.#rooms.add(new Room(name, this.#roomPort(), this.#environment));
    const joining = wanted.join();
    if (this.#ending) wanted.giveUp(this.#ending);
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
    left.leave();
  }

  /**
   * Says something: `send(body)`, or `send(room, body)`. It goes out as soon as it can, once,
   * after everything said before it; resolves when it is stored, rejects with a ChatError.
   *
   * @param {[body: string] | [room: string, body: string]} said
   * @returns {Promise<Receipt>}
   */
  send(...said) {
    const [room, body] = this.#rooms.addressed(said);
    return room.send(body);
  }

  /**
   * Tries a failed message again: `retry(id)`, or `retry(room, id)`.
   *
   * @param {[id: string] | [room: string, id: string]} failed
   */
  retry(...failed) {
    const [room, id] = this.#rooms.addressed(failed);
    room.retry(id);
  }

  /**
   * Forgets a failed message: `discard(id)`, or `discard(room, id)`.
   *
   * @param {[id: string] | [room: string, id: string]} failed
   */
  discard(...failed) {
    const [room, id] = this.#rooms.addressed(failed);
    room.discard(id);
  }

  /**
   * Loads the page of messages before the oldest one held.
   *
   * @param {string} [room]
   * @param {number} [limit]
   * @returns {Promise<{messages: Message[], more: boolean}>}
   */
  history(room, limit) {
    return this.#rooms.get(room).history(limit);
  }

  /**
   * Tells the room that this person is typing; as often as one likes.
   *
   * @param {string} [room]
   */
  typing(room) {
    this.#rooms.get(room).typing();
  }

  /**
   * What is known of a room now.
   *
   * @param {string} [room]
   * @returns {Snapshot}
   */
  snapshot(room) {
    return this.#rooms.get(room).snapshot;
  }

  /**
   * Takes another name, and joins again where the former one was refused.
   *
   * @param {string} name
   */
  rename(name) {
    this.#identity.rename(name);
    for (const room of this.#rooms) room.forgive();
    if (this.#link.state.name === "open") this.#hello();
    else if (this.#link.state.name === "stopped") this.#link.start();
  }

  /** Tries to connect now instead of at the end of the wait. */
  reconnect() {
    this.#link.wake();
  }

  /** Ends the connection. What was not sent yet stays kept. */
  close() {
    this.#link.stop(1000, "Closed.");
  }

  #hello() {
    this.#requests.ask(this.#identity.hello(), {
      answered: (event) => this.#welcomed(event),
      refused: (error) => this.#helloRefused(error),
    });
  }

  #welcomed(event) {
    this.#user = event.user;
    this.#limits = event.limits;
    this.#greeted = true;
    this.#identity.welcomed(event);
    this.#link.welcomed(event.heartbeat);
    this.#emitter.emit("welcome", event);
    for (const room of this.#rooms) room.greeted();
  }

  #helloRefused(error) {
    if (error.code === "disconnected") return;
    if (error.isTemporary) return this.#link.drop((error.retryAfter ?? 0) * 1000);
    if (error.code === "unauthorized" && this.#identity.beginAnew()) return this.#link.drop();
    if (this.#greeted) this.#emitter.emit("refused", { room: null, error });
    else this.#giveUp(error);
  }

  #changed(state) {
    this.#ending = state.name === "stopped" ? errorOfStop(state, this.#told) : null;
    if (state.name === "connecting") this.#reached = false;
    if (state.name === "open") this.#reached = true;
    this.#emitter.emit("state", state);
    if (state.name === "waiting" && !this.#reached) this.#askWhy();
  }

  /** Finds out whether it is for this page's website that there was no connection. */
  async #askWhy() {
    const error = await this.#permission.refusal();
    if (!error || this.#reached || this.state.name === "stopped") return;
    this.#giveUp(error);
  }

  /** Stops, until another name is given. */
  #giveUp(error) {
    this.#told = error;
    this.#link.stop(error.code, error.message);
  }

  #closed() {
    this.#greeted = false;
    this.#requests.abandon();
    for (const room of this.#rooms) room.paused();
    this.#told = null;
    if (this.#ending) this.#stopped(this.#ending);
  }

  /** Whoever waits to come in is told why they do not. */
  #stopped(error) {
    for (const room of this.#rooms) room.giveUp(error);
    if (error.code !== "disconnected") this.#emitter.emit("refused", { room: null, error });
  }

  #receive(event) {
    if (this.#requests.settle(event)) return;
    const room = event.room && this.#rooms.find(event.was ?? event.room.slug ?? event.room);
    switch (event.type) {
      case "joined":
        return room?.joined(event);
      case "left":
        return room?.removed();
      case "message":
        return room?.message(event);
      case "presence":
        return room?.presence(event);
      case "typing":
        return room?.nowTyping(event);
      case "synced":
        return room?.synced(event);
      case "room":
        return room?.changed(event);
      case "site":
        return this.#emitter.emit("site", event);
      case "heads":
        return this.#heads(event.rooms);
      case "error":
        this.#told = ChatError.from(event);
        return this.#emitter.emit("error", { error: this.#told });
    }
  }

  #heads(versions) {
    for (const [slug, version] of Object.entries(versions)) this.#rooms.find(slug)?.head(version);
  }

  #roomPort() {
    return {
      ask: (command, callbacks) => this.#requests.ask(command, callbacks),
      tell: (command) => this.#link.send(command),
      emit: (type, detail) => this.#emitter.emit(type, detail),
      limits: () => this.#limits,
      user: () => (this.#greeted ? this.#user : null),
    };
  }
}
