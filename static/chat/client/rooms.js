import { checkText, usageError } from "./base/errors.js";

/** The rooms that this client is in or wants to join; methods without a room use the main one. */
export class Rooms {
  #rooms = new Set();
  #main;

  /** @param {string} [main] the name of the main room */
  constructor(main) {
    this.#main = main;
  }

  [Symbol.iterator]() {
    return [...this.#rooms].values();
  }

  findNamed(name) {
    return [...this.#rooms].find((room) => room.isNamed(name));
  }

  /** Returns the name, or that of the main room; throws a ChatError where there is none. */
  checkName(name = this.#main) {
    if (name === undefined) throw usageError("Which room? Give one to connect, or name it here.");
    return checkText(name, "A room is named by a text, like “lobby”.");
  }

  /** Returns the room of this name, or the main one; throws a ChatError if it was never joined. */
  get(name) {
    const room = this.findNamed(this.checkName(name));
    if (!room) throw usageError(`${this.checkName(name)} was never joined. Join it first.`);
    return room;
  }

  /** Takes the arguments `[value]` or `[name, value]`; returns the room and the value. */
  split(options) {
    return options.length > 1 ? [this.get(options[0]), options[1]] : [this.get(), options[0]];
  }

  /** Adds a room, and returns it. */
  add(room) {
    this.#rooms.add(room);
    return room;
  }

  remove(room) {
    this.#rooms.delete(room);
  }

  /** Passes an event to its room. */
  dispatch(event) {
    const room = event.room && this.findNamed(event.was ?? event.room.slug ?? event.room);
    switch (event.type) {
      case "joined":
        return room?.onJoined(event);
      case "left":
        return room?.onLeft(event);
      case "message":
        return room?.onMessage(event);
      case "presence":
        return room?.onPresence(event);
      case "renamed":
        return room?.onRenamed(event);
      case "reacted":
        return room?.onReacted(event);
      case "typing":
        return room?.onTyping(event);
      case "synced":
        return room?.onSynced(event);
      case "room":
        return room?.onRoom(event);
      case "heads":
        return this.#dispatchHeads(event.rooms);
    }
  }

  #dispatchHeads(versions) {
    for (const [slug, version] of Object.entries(versions)) this.findNamed(slug)?.onHead(version);
  }
}
