import { RoomPoll } from "./poll.js";

// So many questions are under way at most: a network that is slow has to carry others too.
const AT_ONCE = 4;

/**
 * Rooms without a line of their own: they are asked in turn, at the client's pace, whether or not
 * the question before was answered, so that one stays in all of them.
 */
export class Turns {
  #parts;
  #rooms = [];
  #underWay = new Set();
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
      this.#goRound(port.pace);
    };
    const close = () => {
      poll.close();
      this.#underWay.delete(poll);
      this.#rooms = this.#rooms.filter((other) => other !== poll);
    };
    return { start, close, moved: (slug) => poll.moved(slug), inTurn: true };
  }

  async #goRound(pace) {
    if (this.#running) return;
    this.#running = true;
    const { clock } = this.#parts;
    let due = clock.now();
    while (this.#rooms.length > 0) {
      // A hidden tab's timers ring once a second: what is due by then is asked together.
      due = Math.max(due, clock.now() - AT_ONCE * pace.inTurn);
      // The clock may have been set back.
      due = Math.min(due, clock.now() + pace.inTurn);
      for (; due <= clock.now(); due += pace.inTurn) this.#askNext();
      await new Promise((resolve) => clock.setTimeout(resolve, due - clock.now()));
    }
    this.#running = false;
  }

  async #askNext() {
    const poll = this.#rooms.find((each) => !this.#underWay.has(each));
    if (!poll || this.#underWay.size >= AT_ONCE) return;
    this.#rooms = [...this.#rooms.filter((other) => other !== poll), poll];
    this.#underWay.add(poll);
    await poll.ask(0).catch((error) => poll.recover(error));
    this.#underWay.delete(poll);
  }
}
