import { LISTED_AT_MOST } from "../../base/protocol.js";

/** The state of a polled room, from which poll responses become the events of a socket. */
export class PolledRoom {
  #slug;
  #version = 0;
  #epoch = null;
  #info = null;
  #members = new Map();
  #count = 0;

  /** @param {string} slug that the first poll asked for */
  constructor(slug) {
    this.#slug = slug;
  }

  /** Where the next poll continues. */
  get cursor() {
    return { after: this.#version, epoch: this.#epoch };
  }

  /** Returns the first response as a `joined` event. */
  joinedEvent(response) {
    const { room, reset, more, mine, members, count, version, events } = response;
    this.#update(response);
    const info = { ...room, version };
    const log = messagesOf(events);
    const own = { mine, mineAt: room.version };
    return { type: "joined", room: info, reset, ...log, more, ...own, members, count };
  }

  /** Returns the events of a response that are no messages. */
  otherEvents({ events }) {
    return events.filter((event) => !isMessage(event)).map((event) => this.#note(event));
  }

  /** Returns a later response as events, in the order in which they happened. */
  eventsOf(response) {
    const between = this.#eventsBetween(response);
    const isNews = response.reset || response.version !== this.#version;
    this.#update(response);
    return [...between, ...this.#eventsWithin(response, isNews)];
  }

  /** Compares the room with how it was at the end of the poll before, as it may have changed. */
  #eventsBetween({ room, members, count }) {
    const events = [];
    if (hasChanged(this.#info, room)) {
      const was = this.#slug === room.slug ? undefined : this.#slug;
      events.push({ type: "room", room, was });
    }
    const present = new Set(members.map(({ id }) => id));
    const joined = members.filter(({ id, name }) => this.#members.get(id)?.name !== name);
    const left = [...this.#members.values()].filter(({ id }) => !present.has(id));
    // A list that does not have everybody does not show who came and went.
    const isWhole = Math.max(count, this.#count) <= LISTED_AT_MOST;
    if (isWhole ? joined.length + left.length > 0 : count !== this.#count) {
      const change = isWhole ? { joined, left } : { joined: [], left: [] };
      events.push({ type: "presence", room: room.slug, ...change, count });
    }
    return events;
  }

  #update({ room, members, count, version, epoch }) {
    this.#info = room;
    this.#slug = room.slug;
    this.#version = version;
    this.#epoch = epoch;
    this.#members = new Map(members.map((user) => [user.id, user]));
    this.#count = count;
  }

  /**
   * Turns messages between other events into `synced`: they are all that changed up to the last of
   * them, while their versions have gaps where one message changed twice.
   */
  #eventsWithin({ events, room, reset, more, mine, epoch, version }, isNews) {
    const own = { mine, mineAt: room.version };
    const result = [];
    let run = [];
    const endRun = (upTo) => {
      const isFirst = !result.some(({ type }) => type === "synced");
      // The slug of the moment: the room may have moved since the poll began.
      const place = { room: this.#slug, epoch, version: upTo };
      const log = { reset: reset && isFirst, more, ...own, ...messagesOf(run) };
      result.push({ type: "synced", ...place, ...log });
      run = [];
    };
    for (const event of events) {
      if (isMessage(event)) {
        run.push(event);
      } else {
        if (run.length > 0) endRun(run.at(-1).version);
        result.push(this.#note(event));
      }
    }
    if (isNews) endRun(version);
    return result;
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

/** Returns the messages in the events of a response, and what they reply to: `{messages, refs}`. */
export function messagesOf(events) {
  const news = events.filter(isMessage);
  const refs = Object.assign({}, ...news.map((event) => event.refs));
  const messages = news.map(({ message }) => message);
  return Object.keys(refs).length > 0 ? { messages, refs } : { messages };
}

function isMessage({ type }) {
  return type === "message";
}

function hasChanged(before, now) {
  const isOther = (field) => before[field] !== now[field];
  return ["slug", "name", "topic", "kind", "closed", "has_password", "epoch"].some(isOther) || rightsIn(before) !== rightsIn(now);
}

function rightsIn({ my }) {
  return my && `${my.role} ${my.may}`;
}
