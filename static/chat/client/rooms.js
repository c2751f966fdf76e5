import { misuse, textOf } from "./given.js";

/** The rooms that a client is in, or wants to be in; one of them is meant where none is named. */
export class Rooms {
  #rooms = new Set();
  #main;

  /** @param {string} [main] what the room is called that is meant where none is named */
  constructor(main) {
    this.#main = main;
  }

  [Symbol.iterator]() {
    return [...this.#rooms].values();
  }

  find(name) {
    return [...this.#rooms].find((room) => room.answersTo(name));
  }

  /** The name, or that of the main room; throws a ChatError where there is none. */
  named(name = this.#main) {
    if (name === undefined) throw misuse("Which room? Give one to connect, or name it here.");
    return textOf(name, "A room is named by a text, like “lobby”.");
  }

  /** The room of this name, or the main one; throws a ChatError where it was never joined. */
  get(name) {
    const room = this.find(this.named(name));
    if (!room) throw misuse(`${this.named(name)} was never joined: join it first.`);
    return room;
  }

  /** Takes `[thing]` or `[name, thing]`; gives the room and the thing. */
  addressed(given) {
    return given.length > 1 ? [this.get(given[0]), given[1]] : [this.get(), given[0]];
  }

  /** Adds a room, and gives it. */
  add(room) {
    this.#rooms.add(room);
    return room;
  }

  remove(room) {
    this.#rooms.delete(room);
  }

  /** Hands an event of a room to it. */
  told(event) {
    const room = event.room && this.find(event.was ?? event.room.slug ?? event.room);
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
      case "heads":
        return this.#heads(event.rooms);
    }
  }

  #heads(versions) {
    for (const [slug, version] of Object.entries(versions)) this.find(slug)?.head(version);
  }
}
