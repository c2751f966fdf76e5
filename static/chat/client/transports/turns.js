import { RoomPoll } from "./poll.js";

const APART_MS = 250;

/** Rooms that share one line: they are asked in turn, so often that one stays in all of them. */
export class Turns {
  #parts;
  #rooms = [];
  #running = false;

  /** @param {object} parts clock */
  constructor(parts) {
    this.#parts = parts;
  }

  /** A place in the round for a room, with what a RoomPoll has. */
  place(room, port) {
    const poll = new RoomPoll(room, port, this.#parts);
    const start = async (cursor, id) => {
      await poll.join(cursor, id);
      if (poll.isClosed) return;
      this.#rooms.push(poll);
      this.#goRound();
    };
    const close = () => {
      poll.close();
      this.#rooms = this.#rooms.filter((other) => other !== poll);
    };
    return { start, close, moved: (slug) => poll.moved(slug), inTurn: true };
  }

  async #goRound() {
    if (this.#running) return;
    this.#running = true;
    while (this.#rooms.length > 0) {
      const [poll, ...others] = this.#rooms;
      this.#rooms = [...others, poll];
      await poll.ask(0).catch((error) => poll.recover(error));
      await new Promise((resolve) => this.#parts.clock.setTimeout(resolve, APART_MS));
    }
    this.#running = false;
  }
}
