import { LISTED_AT_MOST } from "../protocol.js";

/** What one poller knows of a room, to make of answers what a socket would have told. */
export class PolledRoom {
  #slug;
  #version = 0;
  #epoch = null;
  #info = null;
  #members = new Map();
  #count = 0;

  /** @param {string} slug what the first question asked for */
  constructor(slug) {
    this.#slug = slug;
  }

  /** Where the next question goes on. */
  get cursor() {
    return { after: this.#version, epoch: this.#epoch };
  }

  /** The first answer, as `joined`. */
  joined(answer) {
    const { room, reset, more, members, count, version, events } = answer;
    this.#apply(answer);
    const messages = events.filter(isMessage).map(({ message }) => message);
    const info = { ...room, version };
    return { type: "joined", room: info, reset, messages, more, members, count };
  }

  /** What an answer tells besides messages. */
  others({ events }) {
    return events.filter((event) => !isMessage(event)).map((event) => this.#note(event));
  }

  /** A later answer, as events in the order in which they happened. */
  told(answer) {
    const between = this.#happenedBetween(answer);
    const isNews = answer.reset || answer.version !== this.#version;
    this.#apply(answer);
    return [...between, ...this.#happened(answer, isNews)];
  }

  /** What came between two questions is in how the room was when the second was asked. */
  #happenedBetween({ room, members, count }) {
    const events = [];
    if (changed(this.#info, room)) {
      const was = this.#slug === room.slug ? undefined : this.#slug;
      events.push({ type: "room", room, was });
    }
    const here = new Set(members.map(({ id }) => id));
    const joined = members.filter(({ id, name }) => this.#members.get(id)?.name !== name);
    const left = [...this.#members.values()].filter(({ id }) => !here.has(id));
    // A list that is not of all says nothing of who came and went.
    const isWhole = Math.max(count, this.#count) <= LISTED_AT_MOST;
    if (isWhole ? joined.length + left.length > 0 : count !== this.#count) {
      const news = isWhole ? { joined, left } : { joined: [], left: [] };
      events.push({ type: "presence", room: room.slug, ...news, count });
    }
    return events;
  }

  #apply({ room, members, count, version, epoch }) {
    this.#info = room;
    this.#slug = room.slug;
    this.#version = version;
    this.#epoch = epoch;
    this.#members = new Map(members.map((user) => [user.id, user]));
    this.#count = count;
  }

  /**
   * Messages between other events are told as `synced`: they are all that changed up to the
   * last of them, while their versions have gaps where one message changed twice.
   */
  #happened({ events, reset, more, epoch, version }, isNews) {
    const told = [];
    let run = [];
    const synced = (upTo) => {
      const first = !told.some(({ type }) => type === "synced");
      // The slug of the moment: the room may have moved since the question.
      const place = { room: this.#slug, epoch, version: upTo };
      told.push({ type: "synced", ...place, reset: reset && first, more, messages: run });
      run = [];
    };
    for (const event of events) {
      if (isMessage(event)) {
        run.push(event.message);
      } else {
        if (run.length > 0) synced(run.at(-1).version);
        told.push(this.#note(event));
      }
    }
    if (isNews) synced(version);
    return told;
  }

  #note(event) {
    if (event.type === "presence") {
      for (const user of event.joined) this.#members.set(user.id, user);
      for (const { id } of event.left) this.#members.delete(id);
      this.#count = event.count;
    } else if (event.type === "room") {
      this.#info = event.room;
      this.#slug = event.room.slug;
    }
    return event;
  }
}

function isMessage({ type }) {
  return type === "message";
}

function changed(before, now) {
  return ["slug", "name", "topic", "closed", "epoch"].some((field) => before[field] !== now[field]);
}
