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

  /** The name, or that of the main room; throws an Error where there is none. */
  named(name = this.#main) {
    if (typeof name === "string") return name;
    throw new Error("Which room? Give one to connect, or name it here.");
  }

  /** The room of this name, or the main one; throws an Error where it was never joined. */
  get(name) {
    const room = this.find(this.named(name));
    if (!room) throw new Error(`${this.named(name)} was never joined: join it first.`);
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
}
