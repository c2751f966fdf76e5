import { FakeClock } from "./clock.js";
import { FakeDoors, WELCOME } from "./doors.js";
import { ANA, BEN } from "./server.js";

const BEAT_MS = 20_000;
const AT = "2030-01-01T00:00:00Z";

/** Lets all that waits for a promise go on. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A server with rooms, and the network before it: sockets and doors in one process, by a clock of
 * its own. What is wrong with it is set from outside.
 */
export class World {
  clock = new FakeClock();
  rooms = new Map();
  lines = new Set();
  /** Every request and every socket, by what was asked for. */
  asked = [];
  /** How many lines Ana had in a room, each time that one came or went. */
  presence = [];
  up = true;
  upgrades = true;
  swallowsUpgrades = false;
  gathers = false;
  /** Errors to answer the next commands with, by their type. */
  refusals = new Map();
  losesAnswers = false;
  #doors = new FakeDoors(this);

  constructor() {
    const world = this;
    this.fetch = (...request) => this.#doors.fetch(...request);
    this.WebSocket = class extends FakeSocket {
      constructor() {
        super(world);
      }
    };
    this.#beat();
  }

  /** Goes on by so many seconds, a quarter at a time, and lets everybody do what they want to. */
  async run(seconds = 0) {
    await settled();
    for (let left = seconds; left > 0; left -= 0.25) {
      this.clock.tick(0.25);
      await settled();
    }
  }

  room(slug = "lobby") {
    if (!this.rooms.has(slug)) {
      const info = { slug, name: slug, topic: "", closed: false, epoch: "e1", version: 0, seq: 0 };
      this.rooms.set(slug, { info, log: [], members: [ANA], count: 1 });
    }
    return this.rooms.get(slug);
  }

  /** What is said in a room, in order. */
  bodies(slug) {
    return this.room(slug).log.map(({ body }) => body);
  }

  /** Ben says something, or whoever it is; `told` false is a hint that was lost. */
  says(body, { slug = "lobby", author = BEN, id = `by-${author.id}-${body}`, told = true } = {}) {
    const { info, log } = this.room(slug);
    const stored = log.find((message) => message.author.id === author.id && message.id === id);
    if (stored) return { ...ack(stored, slug), duplicate: true };
    const seq = (info.seq += 1);
    const version = (info.version += 1);
    const message = { seq, version, id, author, body, at: AT, edited_at: null, deleted: false };
    log.push(message);
    if (told) this.tell(slug, { type: "message", room: slug, version, message });
    return ack(message, slug);
  }

  /** Somebody changes what they said. */
  edits(seq, body, slug = "lobby") {
    const { info, log } = this.room(slug);
    const version = (info.version += 1);
    const message = { ...log[seq - 1], body, version, edited_at: AT };
    log[seq - 1] = message;
    this.tell(slug, { type: "message", room: slug, version, message });
  }

  arrives(user, slug = "lobby") {
    const room = this.room(slug);
    room.members.push(user);
    this.#presence(slug, { joined: [user], left: [] });
  }

  leaves(user, slug = "lobby") {
    const room = this.room(slug);
    room.members = room.members.filter(({ id }) => id !== user.id);
    this.#presence(slug, { joined: [], left: [user] });
  }

  #presence(slug, change) {
    const room = this.room(slug);
    room.count = room.members.length;
    this.tell(slug, { type: "presence", room: slug, ...change, count: room.count });
  }

  /** An admin deletes a room. */
  deletes(slug) {
    this.rooms.delete(slug);
    for (const line of this.#of(slug)) {
      line.told({ type: "left", room: slug });
      line.leave(slug);
    }
  }

  /** An admin gives a room another address. */
  moves(was, slug) {
    const room = this.room(was);
    this.rooms.delete(was);
    this.rooms.set(slug, room);
    room.info = { ...room.info, slug };
    for (const line of this.#of(was)) {
      line.rooms.delete(was);
      line.rooms.add(slug);
      line.told({ type: "room", room: room.info, was });
    }
  }

  tell(slug, event) {
    for (const line of this.#of(slug)) line.told(event);
  }

  /** Every line ends; what comes then may come again. */
  cut() {
    for (const line of [...this.lines]) line.cut();
  }

  /** The same, and nobody answers for a second. */
  async restart() {
    this.up = false;
    this.cut();
    await this.run(1);
    this.up = true;
  }

  /** Nothing comes over the lines of a room, or over any, any more, and nobody notices. */
  freeze(slug) {
    const dead = slug ? this.#of(slug) : this.lines;
    for (const line of dead) line.frozen = true;
  }

  /** The changes of a room since `after`, as a join or a sync tells them. */
  since(slug, after, epoch) {
    const room = this.room(slug);
    const { info, log, members, count } = room;
    const reset = after === undefined || epoch !== info.epoch;
    const changed = log.filter(({ version }) => version > after);
    const messages = reset ? log.slice(-50) : changed.sort((a, b) => a.version - b.version);
    return { room: { ...info }, reset, messages, more: log.length > 50, members, count };
  }

  page(slug, before, limit) {
    const older = this.room(slug).log.filter(({ seq }) => seq < before);
    return { messages: older.slice(-limit), more: older.length > limit };
  }

  /** The error to answer a command with, as often as it was asked for. */
  refusal(type) {
    const [refusal, ...others] = this.refusals.get(type) ?? [];
    this.refusals.set(type, others);
    return refusal;
  }

  refuse(type, code, more = {}) {
    const errors = this.refusals.get(type) ?? [];
    this.refusals.set(type, [...errors, { code, message: `No: ${code}.`, ...more }]);
  }

  comes(line) {
    this.lines.add(line);
    this.#count();
  }

  goes(line) {
    if (this.lines.delete(line)) this.#count();
  }

  #count() {
    this.presence.push(this.#of("lobby").length);
  }

  #of(slug) {
    return [...this.lines].filter((line) => line.rooms.has(slug));
  }

  #beat() {
    this.clock.setTimeout(() => {
      for (const line of this.lines) line.beat();
      this.#beat();
    }, BEAT_MS);
  }
}

const ack = ({ id, seq, version, at }, room) => ({ id, room, seq, version, at });

/** A WebSocket, which is also the server's end of it. */
class FakeSocket {
  rooms = new Set();
  frozen = false;
  #world;

  constructor(world) {
    this.#world = world;
    world.asked.push("WebSocket");
    queueMicrotask(() => this.#arrive());
  }

  #arrive() {
    const { up, upgrades, swallowsUpgrades } = this.#world;
    if (swallowsUpgrades) return;
    if (!up || !upgrades) return this.onclose?.({ code: 1006 });
    this.#world.comes(this);
    this.onopen?.();
  }

  send(text) {
    queueMicrotask(() => !this.frozen && this.#obey(JSON.parse(text)));
  }

  close() {
    this.#world.goes(this);
  }

  cut(code = 1006) {
    this.close();
    queueMicrotask(() => this.onclose?.({ code }));
  }

  leave(slug) {
    this.rooms.delete(slug);
  }

  told(...events) {
    if (!this.frozen) queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(events) }));
  }

  beat() {
    this.told({ type: "heads", rooms: {} });
  }

  #obey({ type, id, ...fields }) {
    const error = this.#world.refusal(type);
    if (error) return this.told({ type: "error", id, ...error });
    const world = this.#world;
    const { room, after, epoch, before, limit, body } = fields;
    switch (type) {
      case "hello":
        return this.told({ type: "welcome", id, user: ANA, token: "token", ...WELCOME });
      case "join":
        this.rooms.add(room);
        world.presence.push(world.lines.size);
        return this.told({ type: "joined", id, ...world.since(room, after, epoch) });
      case "send": {
        const answer = world.says(body, { slug: room, author: ANA, id });
        return world.losesAnswers ? world.cut() : this.told({ type: "ack", ...answer });
      }
      case "sync": {
        const { reset, messages, room: info } = world.since(room, after, epoch);
        const { epoch: now, version } = info;
        return this.told({ type: "synced", id, room, epoch: now, version, reset, messages });
      }
      case "history":
        return this.told({ type: "history", id, room, ...world.page(room, before, limit) });
      case "ping":
        return this.told({ type: "pong", id });
      case "leave":
        this.leave(room);
        return this.told({ type: "left", id, room });
    }
  }
}
