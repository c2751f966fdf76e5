/** @import { ListedRoom } from "./base/types.js" */

const RETRY_MS = 2_000;

/** The list of this person's own rooms: asked for once a session, then kept by its changes. */
export class OwnRooms {
  #entries = new Map();
  #port;
  #isWanted = false;
  #waiting = [];

  /** @param {object} port `requests`, `emitter`, `clock` and `user()`, null while there is no session */
  constructor(port) {
    this.#port = port;
  }

  /** @returns {ListedRoom[]} */
  get list() {
    return [...this.#entries.values()];
  }

  /** Asks for the list, in this session and in those that follow; resolves with it. */
  watch() {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      const isUnderWay = this.#waiting.length > 1;
      this.#isWanted = true;
      if (this.#port.user() && !isUnderWay) this.#request();
    });
  }

  /** Asks again: there is a session. */
  onSession() {
    if (this.#isWanted) this.#request();
  }

  /** Rejects whoever waits: there will be no session. */
  rejectWaiting(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** Applies what changed. */
  onRooms({ rooms, gone = [] }) {
    for (const entry of rooms) this.#entries.set(entry.room.id, entry);
    for (const id of gone) this.#entries.delete(id);
    this.#announce(rooms, gone);
  }

  /** Applies that this person has read a room on another device. */
  onRead({ room, seq }) {
    const entry = this.list.find((each) => each.room.slug === room);
    if (!entry || entry.last_read >= seq) return;
    const unread = Math.max(0, entry.room.seq - seq);
    const mentions = Math.min(entry.mentions, unread);
    this.onRooms({ rooms: [{ ...entry, last_read: seq, unread, mentions }] });
  }

  #request() {
    this.#port.requests.sendRequest(
      { type: "watch" },
      {
        onReply: ({ rooms }) => this.#replaceAll(rooms),
        onRefusal: (error) => {
          if (error.isTemporary) this.#requestLater(error);
          // The next session asks again.
          else if (error.code !== "disconnected") this.rejectWaiting(error);
        },
      },
    );
  }

  #requestLater({ retryAfter }) {
    const delay = retryAfter ? retryAfter * 1000 : RETRY_MS;
    this.#port.clock.setTimeout(() => this.#port.user() && this.#request(), delay);
  }

  #replaceAll(rooms) {
    const former = this.#entries;
    this.#entries = new Map(rooms.map((entry) => [entry.room.id, entry]));
    const gone = [...former.keys()].filter((id) => !this.#entries.has(id));
    this.#announce(rooms, gone);
    for (const { resolve } of this.#waiting.splice(0)) resolve(this.list);
  }

  #announce(changed, gone) {
    this.#port.emitter.emit("rooms", { rooms: this.list, changed, gone });
  }
}
