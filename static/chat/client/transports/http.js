import { REMOVED, SIGNED_OUT } from "../protocol.js";
import { Doors, Refusal, Unanswered } from "./doors.js";
import { Pace } from "./pace.js";
import { RoomPoll } from "./poll.js";
import { RoomStream } from "./stream.js";
import { Turns } from "./turns.js";

// A browser keeps six lines to one host over HTTP/1.1, over all its tabs: some are for writing.
const LINES = 4;
const FINAL = { unauthorized: SIGNED_OUT, forbidden: REMOVED };

/**
 * Commands and events over plain HTTP: each command as a request to its door, the answer as
 * the event that a socket would have told; each room followed by a line of its own, and those
 * beyond some asked in turn, however many they are.
 */
class HttpTransport {
  /**
   * Who is told: opened(), received(events), heard(), closed({code, reason, retryAfter}), and
   * unfit() where what is told comes too late to be of use.
   */
  handlers = null;
  #parts;
  #doors;
  #follow;
  #wanted = new Set();
  #entering = new Map();
  #lines = new Map();
  #turns;
  #pace;
  #closed = false;

  /**
   * @param {string} url that of the server's socket
   * @param {object} parts fetch, clock and csrfToken
   * @param {Function} follow makes what follows a room, of its slug, a port and the parts
   */
  constructor(url, parts, follow) {
    this.#parts = parts;
    this.#follow = follow;
    this.#doors = new Doors(url, parts);
    this.#turns = new Turns(parts);
    this.#pace = new Pace(parts.clock, () => [...this.#lines.values()]);
  }

  /** Finds out whether the server answers. What it answers to whom is asked with `hello`. */
  async open() {
    try {
      await this.#doors.ask("me", "limits");
    } catch (error) {
      if (!(error instanceof Refusal)) return this.#end(error);
    }
    if (!this.#closed) this.handlers.opened();
  }

  send(command) {
    this.#obey(command).catch((error) => this.#failed(command, error));
  }

  /** Follows no room any more; who joins again at once was not away for the others. */
  leaveRooms() {
    this.#wanted.clear();
    for (const line of this.#lines.values()) line.close();
    this.#lines.clear();
  }

  close() {
    this.#closed = true;
    this.leaveRooms();
    this.#doors.close();
  }

  async #obey(command) {
    switch (command.type) {
      case "hello":
        return this.#hello(command);
      case "join":
        return this.#join(command);
      case "leave":
        return this.#leave(command);
      case "send":
        return this.#send(command);
      case "sync":
        return this.#sync(command);
      case "history":
        return this.#history(command);
      case "ping":
        return this.#ping(command);
    }
    // What is left, typing and receipts, has no door: polls and streams need none.
  }

  async #hello({ id, name, token }) {
    if (this.#lines.size > 0) throw inRooms();
    const doors = this.#doors;
    doors.token = token ?? null;
    const me = await doors.ask("me", "limits", { body: token && name && { name } });
    if (!me.user) {
      const guest = await doors.ask("guests", "token", { body: name ? { name } : {} });
      doors.token = me.token = guest.token;
      me.user = guest.user;
    } else if (token) {
      me.token = token;
    }
    this.#tell([{ type: "welcome", ...me, id }]);
  }

  async #join(command) {
    this.#wanted.add(command);
    try {
      const slug = await this.#slugOf(command);
      // Each join is answered, so the next one of the same room waits until this one was.
      while (this.#entering.has(slug)) await this.#entering.get(slug);
      if (this.#closed || !this.#wanted.has(command)) return;
      const entering = this.#enter(slug, command);
      const settled = entering.catch(() => {}).finally(() => this.#entering.delete(slug));
      this.#entering.set(slug, settled);
      await entering;
    } finally {
      this.#wanted.delete(command);
    }
  }

  /** Only who was in the room knows that it is there: for the others it may have to be made. */
  async #slugOf({ room, epoch }) {
    return epoch ? room : (await this.#doors.ask("rooms", "slug", { body: { name: room } })).slug;
  }

  async #enter(slug, { id, after, epoch }) {
    this.#lines.get(slug)?.close();
    this.#lines.delete(slug);
    const line = this.#line(slug);
    this.#lines.set(slug, line);
    try {
      await line.start({ after, epoch }, id);
    } catch (error) {
      // Who left meanwhile has given it up themselves.
      if (!this.#follows(line)) return;
      this.#drop(line);
      throw error;
    }
  }

  #line(slug) {
    let line = null;
    const port = {
      doors: this.#doors,
      pace: this.#pace,
      received: (events) => this.#tell(events, line),
      heard: () => this.handlers.heard(),
      ended: (error) => this.#lineEnded(line, error),
      gone: () => this.#gone(line),
      silent: () => this.#closed || this.handlers.unfit(),
    };
    const own = [...this.#lines.values()].filter(({ inTurn }) => !inTurn);
    if (own.length < LINES) line = this.#follow(slug, port, this.#parts);
    else line = this.#turns.place(slug, port);
    return line;
  }

  async #leave({ id, room }) {
    for (const join of this.#wanted) if (join.room === room) this.#wanted.delete(join);
    const line = this.#lines.get(room);
    if (line) this.#drop(line);
    this.#tell([{ type: "left", id, room }]);
  }

  async #send({ id, room, body }) {
    const path = `rooms/${encodeURIComponent(room)}/messages`;
    const ack = await this.#doors.ask(path, "seq", { body: { id, body } });
    this.#tell([{ type: "ack", ...ack }]);
  }

  async #sync({ id, room, after, epoch }) {
    const path = `rooms/${encodeURIComponent(room)}/events`;
    const answer = await this.#doors.ask(path, "events", { query: { after, epoch, wait: 0 } });
    const { version, reset, more, events } = answer;
    const messages = events.filter(({ type }) => type === "message").map(({ message }) => message);
    const place = { room, epoch: answer.epoch, version, reset, more };
    this.#tell([{ type: "synced", id, ...place, messages }]);
  }

  async #history({ id, room, before, limit }) {
    const path = `rooms/${encodeURIComponent(room)}/messages`;
    const page = await this.#doors.ask(path, "messages", { query: { before, limit } });
    this.#tell([{ type: "history", id, room, ...page }]);
  }

  /** An answer at a door says nothing of the lines that wait, so they are looked at too. */
  async #ping({ id }) {
    if ([...this.#lines.values()].some(({ isLate }) => isLate)) throw new Unanswered();
    await this.#doors.ask("me", "limits");
    this.#tell([{ type: "pong", id }]);
  }

  #tell(events, line) {
    if (this.#closed) return;
    for (const event of events) {
      if (event.type === "room" && event.was) this.#moved(line, event);
      if (event.type === "left" && line) this.#drop(line);
    }
    this.handlers.received(events);
  }

  #moved(line, { room, was }) {
    if (this.#lines.get(was) !== line) return;
    this.#lines.delete(was);
    this.#lines.set(room.slug, line);
    line.moved(room.slug);
  }

  #drop(line) {
    for (const [slug, other] of this.#lines) if (other === line) this.#lines.delete(slug);
    line.close();
  }

  #gone(line) {
    const [slug] = [...this.#lines].find(([, other]) => other === line) ?? [];
    if (slug !== undefined) this.#tell([{ type: "left", room: slug }], line);
  }

  /** A line that ended by itself: a room's that is no more was dropped before. */
  #lineEnded(line, error) {
    if (this.#follows(line)) this.#end(error);
  }

  #follows(line) {
    return [...this.#lines.values()].includes(line);
  }

  #failed({ id }, error) {
    if (this.#closed) return;
    if (!(error instanceof Refusal)) return this.#end(error);
    this.#tell([{ ...error.event, id }]);
    if (error.code === "unauthorized") this.#end(error);
  }

  /**
   * Ends as a socket does, with the code that it would have ended with. Anything else than a
   * refusal or a line that is no good is a fault of ours, and told as one besides.
   */
  #end(error) {
    if (this.#closed) return;
    this.close();
    const { message: reason, retryAfter } = error;
    this.handlers.closed({ code: closeCodeOf(error), reason, retryAfter });
    if (!(error instanceof Refusal || error instanceof Unanswered)) throw error;
  }
}

function closeCodeOf(error) {
  const code = error instanceof Refusal ? FINAL[error.code] : error.code;
  return code ?? new Unanswered().code;
}

function inRooms() {
  const message = "Leave your rooms before you take another name.";
  return new Refusal({ code: "bad_request", message });
}

/** Follows each room by a stream of server-sent events. */
export class EventsTransport extends HttpTransport {
  constructor(url, parts) {
    super(url, parts, (...place) => new RoomStream(...place));
  }
}

/** Follows each room by long polls, which pass proxies that gather whole answers. */
export class PollTransport extends HttpTransport {
  constructor(url, parts) {
    super(url, parts, (...place) => new RoomPoll(...place));
  }
}
