import { Emitter } from "./emitter.js";
import { ChatError, disconnected } from "./errors.js";
import { Identity } from "./identity.js";
import { Link } from "./link.js";
import { Requests } from "./requests.js";
import { Room } from "./room.js";

/**
 * A conversation with the server over one lasting connection: who one is, and the rooms one is
 * in. What happens is told through `on`.
 */
export class Chat {
  #environment;
  #emitter = new Emitter();
  #requests = new Requests();
  #identity;
  #link;
  #rooms = new Set();
  #commands = 0;
  #user = null;
  #greeted = false;

  constructor(url, { name, token, signedIn, ...environment }) {
    this.#environment = environment;
    this.#identity = new Identity({ storage: environment.storage, name, token, signedIn });
    this.#link = new Link(url, environment, {
      changed: (state) => this.#emitter.emit("state", state),
      opened: () => this.#hello(),
      received: (event) => this.#receive(event),
      closed: () => this.#closed(),
    });
    this.#link.start();
  }

  /** Who this is, as `{id, name, kind}`; null before the first welcome. */
  get user() {
    return this.#user;
  }

  /** Where the connection stands: see `ConnectionState`. */
  get state() {
    return this.#link.state;
  }

  /**
   * Calls `listener` at each event of a type, and returns a function that ends it. Types:
   * `state`, `welcome`, `site`, `refused`, `error`; and with the room's slug as `room`: `joined`,
   * `reset`, `message`, `history`, `presence`, `typing`, `room`, `outbox`, `refused`.
   */
  on(type, listener) {
    return this.#emitter.on(type, listener);
  }

  /** Joins a room, by slug or by what a person typed; resolves with its snapshot. */
  join(room) {
    const known = this.#room(room);
    if (known) return known.join();
    const added = new Room(room, this.#roomPort(), this.#environment);
    this.#rooms.add(added);
    return added.join();
  }

  /** Leaves a room for good. */
  leave(room) {
    const left = this.#joined(room);
    this.#rooms.delete(left);
    left.leave();
  }

  /**
   * Says something. It goes out as soon as it can, once, after everything said before it;
   * resolves with `{id, seq, version, at}` when it is stored, rejects with a ChatError.
   */
  send(room, body) {
    return this.#joined(room).send(body);
  }

  /** Tries a failed message again. */
  retry(room, id) {
    this.#joined(room).retry(id);
  }

  /** Forgets a failed message. */
  discard(room, id) {
    this.#joined(room).discard(id);
  }

  /** Loads the page of messages before the oldest one held; resolves with `{messages, more}`. */
  history(room, limit) {
    return this.#joined(room).history(limit);
  }

  /** Tells the room that this person is typing; as often as one likes. */
  typing(room) {
    this.#joined(room).typing();
  }

  /** What is known of a room now: see `Room.snapshot`. */
  snapshot(room) {
    return this.#joined(room).snapshot;
  }

  /** Takes another name, and joins again where the former one was refused. */
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
    this.#ask(this.#identity.hello(), {
      answered: (event) => this.#welcomed(event),
      refused: (error) => this.#helloRefused(error),
    });
  }

  #welcomed(event) {
    this.#user = event.user;
    this.#greeted = true;
    this.#identity.welcomed(event);
    this.#link.expectHeartbeat(event.heartbeat);
    this.#emitter.emit("welcome", event);
    for (const room of this.#rooms) room.greeted();
  }

  #helloRefused(error) {
    if (error.code === "disconnected") return;
    if (error.isTemporary) return this.#link.drop((error.retryAfter ?? 0) * 1000);
    if (!this.#greeted) this.#link.stop(error.code, error.message);
    this.#emitter.emit("refused", { room: null, error });
  }

  #closed() {
    this.#greeted = false;
    this.#requests.abandon();
    for (const room of this.#rooms) room.paused();
  }

  #receive(event) {
    if (this.#requests.settle(event)) return;
    const room = event.room && this.#room(event.was ?? event.room.slug ?? event.room);
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
        return this.#emitter.emit("error", { error: ChatError.from(event) });
    }
  }

  #heads(versions) {
    for (const [slug, version] of Object.entries(versions)) this.#room(slug)?.head(version);
  }

  #room(name) {
    return [...this.#rooms].find((room) => room.answersTo(name));
  }

  #joined(name) {
    const room = this.#room(name);
    if (!room) throw new Error(`${name} was never joined.`);
    return room;
  }

  #roomPort() {
    return {
      ask: (command, callbacks) => this.#ask(command, callbacks),
      tell: (command) => this.#link.send(command),
      emit: (type, detail) => this.#emitter.emit(type, detail),
      user: () => (this.#greeted ? this.#user : null),
    };
  }

  #ask(command, callbacks) {
    this.#commands += 1;
    const id = command.id ?? `c${this.#commands}`;
    if (this.#link.send({ ...command, id })) this.#requests.open(id, callbacks);
    else callbacks.refused(disconnected());
  }
}
