import { RoomPoll } from "./poll.js";

// Polls under way at once, at most: on a slow network others need their share.
const AT_ONCE = 4;

/**
 * Round robin over the rooms that have no connection of their own: polls them in turn at the
 * client's pace, whether or not the poll before has its response, so that the client stays present
 * in all of them.
 */
export class Turns {
  #parts;
  #polls = [];
  #underWay = new Set();
  #isRunning = false;

  /** @param {object} parts clock */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Returns a subscription to a room, of the arguments of a RoomPoll. */
  subscribeTo(room, port) {
    const poll = new RoomPoll(room, port, this.#parts);
    const start = async (cursor, id) => {
      await poll.join(cursor, id);
      if (poll.isClosed) return;
      this.#polls.push(poll);
      this.#run(port.pace);
    };
    const close = () => {
      poll.close();
      this.#underWay.delete(poll);
      this.#polls = this.#polls.filter((other) => other !== poll);
    };
    return { start, close, setSlug: (slug) => poll.setSlug(slug), inTurn: true };
  }

  async #run(pace) {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { clock } = this.#parts;
    let due = clock.now();
    while (this.#polls.length > 0) {
      // In a hidden tab timers fire once a second: what is due by then is polled together.
      due = Math.max(due, clock.now() - AT_ONCE * pace.inTurn);
      // The clock may have been set back.
      due = Math.min(due, clock.now() + pace.inTurn);
      for (; due <= clock.now(); due += pace.inTurn) this.#pollNext();
      await new Promise((resolve) => clock.setTimeout(resolve, due - clock.now()));
    }
    this.#isRunning = false;
  }

  async #pollNext() {
    const poll = this.#polls.find((each) => !this.#underWay.has(each));
    if (!poll || this.#underWay.size >= AT_ONCE) return;
    this.#polls = [...this.#polls.filter((other) => other !== poll), poll];
    this.#underWay.add(poll);
    await poll.poll(0).catch((error) => poll.recover(error));
    this.#underWay.delete(poll);
  }
}
