/** @import { Events, Message, Receipt, Snapshot, State, User } from "./types.js" */
import { apiAt } from "./address.js";
import { Emitter } from "./emitter.js";
import { errorOfStop } from "./closes.js";
import { ChatError } from "./errors.js";
import { EVENTS } from "./events.js";
import { misuse, textOf } from "./given.js";
import { Identity } from "./identity.js";
import { Link } from "./link.js";
import { Permission } from "./permission.js";
import { PAGE, PAGE_AT_MOST } from "./protocol.js";
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
   * after everything said before it; resolves when it is stored. Rejects with a ChatError where it
   * is refused, and where one is not let in or there is an end: it is kept then, for the next time.
   *
   * @param {[body: string] | [room: string, body: string]} said
   * @returns {Promise<Receipt>}
   */
  send(...said) {
    if (said.length > 2) throw misuse("Say one thing: send(body), or send(room, body).");
    const [room, body] = this.#rooms.addressed(said);
    const sending = room.send(textOf(body, "A message is a text: send(body), or send(room, body)."));
    if (this.#ending) room.giveUp(this.#ending);
    return sending;
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
   * Loads the page of messages before the oldest one held: `history()`, `history(limit)`, or
   * `history(room, limit)`.
   *
   * @param {[limit?: number] | [room: string, limit?: number]} asked
   * @returns {Promise<{messages: Message[], more: boolean}>}
   */
  history(...asked) {
    const [room, limit = PAGE] = typeof asked[0] === "number" ? [undefined, asked[0]] : asked;
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_AT_MOST) {
      throw misuse(`A page has 1 to ${PAGE_AT_MOST} messages.`);
    }
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
    this.#identity.rename(textOf(name, "A name is a text."));
    for (const room of this.#rooms) room.forgive();
    if (this.#link.state.name === "open") this.#hello();
    else if (this.#link.state.name === "stopped") this.#link.start();
  }

  /** Tries to connect now instead of at the end of the wait, and anew after an end. */
  reconnect() {
    if (this.#link.state.name === "stopped") this.#link.start();
    else this.#link.wake();
  }

  /** Ends the connection, until `reconnect`. What was not sent yet stays kept. */
  close() {
    this.#link.stop(1000, "The chat was closed.");
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
    if (error.isTemporary) {
      return this.#link.drop((error.retryAfter ?? 0) * 1000, error.message);
    }
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

  /** Whoever waits is told why they do not come in, unless somebody does something about it. */
  #stopped(error) {
    if (error.code !== "disconnected") this.#emitter.emit("refused", { room: null, error });
    if (this.#ending === error) for (const room of this.#rooms) room.giveUp(error);
  }

  #receive(event) {
    if (this.#requests.settle(event)) return;
    switch (event.type) {
      case "site":
        return this.#emitter.emit("site", event);
      case "error":
        this.#told = ChatError.from(event);
        return this.#emitter.emit("error", { error: this.#told });
    }
    this.#rooms.told(event);
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
