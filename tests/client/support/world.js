import { FakeClock } from "./clock.js";
import { FakeApi, WELCOME } from "./api.js";
import { ANA, BEN } from "./server.js";

const HEARTBEAT_MS = 20_000;
const AT = "2030-01-01T00:00:00Z";

/** Resolves when everything that waits for a promise has run. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A server with rooms, and the network before it: sockets and HTTP endpoints in one process, by a
 * clock of its own. Its fields set what is wrong with either.
 */
export class World {
  clock = new FakeClock();
  rooms = new Map();
  connections = new Set();
  /** Every request and every socket, by method and path. */
  requests = [];
  /** How many connections Ana had in the lobby, at each change. */
  presence = [];
  up = true;
  upgrades = true;
  swallowsUpgrades = false;
  buffers = false;
  /** Errors to refuse the next commands with, by their type. */
  refusals = new Map();
  losesResponses = false;
  #api = new FakeApi(this);

  constructor() {
    const world = this;
    this.fetch = (...request) => this.#api.fetch(...request);
    this.WebSocket = class extends FakeSocket {
      constructor() {
        super(world);
      }
    };
    this.#heartbeat();
  }

  /** Advances by so many seconds, a quarter at a time, with all promises settled after each. */
  async run(seconds = 0) {
    await settled();
    for (let left = seconds; left > 0; left -= 0.25) {
      this.clock.tick(0.25);
      await settled();
    }
  }

  room(slug = "lobby") {
    if (!this.rooms.has(slug)) {
      const info = { slug, name: slug, topic: "", kind: "public", closed: false, epoch: "e1", version: 0, seq: 0 };
      this.rooms.set(slug, { info, log: [], members: [ANA], count: 1 });
    }
    return this.rooms.get(slug);
  }

  /** Returns the texts of a room's log, in order. */
  bodies(slug) {
    return this.room(slug).log.map(({ body }) => body);
  }

  /** Stores a message of Ben or `author`; without `isPublished` its event is lost. */
  post(body, { slug = "lobby", author = BEN, id = `by-${author.id}-${body}`, reply_to, isPublished = true } = {}) {
    const { info, log } = this.room(slug);
    const stored = log.find((message) => message.author.id === author.id && message.id === id);
    if (stored) return { ...ack(stored, slug), duplicate: true };
    const seq = (info.seq += 1);
    const version = (info.version += 1);
    const fields = { id, author, body, at: AT, edited_at: null, deleted: false, reply_to };
    const message = { seq, version, ...fields };
    log.push(message);
    const refs = reply_to && { [reply_to]: log[reply_to - 1] };
    if (isPublished) this.broadcast(slug, { type: "message", room: slug, version, message, refs });
    return ack(message, slug);
  }

  /** Changes a message. */
  edit(seq, body, slug = "lobby") {
    return this.change(seq, { body, edited_at: AT }, slug);
  }

  /** Puts an emoji of Ana's under a message, or takes it back. */
  react(seq, emoji, on, slug = "lobby") {
    const others = (this.room(slug).log[seq - 1].reactions ?? []).filter((r) => r.emoji !== emoji);
    const reactions = on ? [...others, { emoji, count: 1, by: [ANA.id] }] : others;
    return this.change(seq, { reactions }, slug);
  }

  change(seq, changes, slug = "lobby") {
    const { info, log } = this.room(slug);
    const version = (info.version += 1);
    const message = { ...log[seq - 1], ...changes, version };
    log[seq - 1] = message;
    this.broadcast(slug, { type: "message", room: slug, version, message });
    return ack(message, slug);
  }

  addMember(user, slug = "lobby") {
    const room = this.room(slug);
    room.members.push(user);
    this.#presence(slug, { joined: [user], left: [] });
  }

  removeMember(user, slug = "lobby") {
    const room = this.room(slug);
    room.members = room.members.filter(({ id }) => id !== user.id);
    this.#presence(slug, { joined: [], left: [user] });
  }

  #presence(slug, change) {
    const room = this.room(slug);
    room.count = room.members.length;
    this.broadcast(slug, { type: "presence", room: slug, ...change, count: room.count });
  }

  /** Deletes a room, as an admin does. */
  deleteRoom(slug) {
    this.rooms.delete(slug);
    this.#expel({ type: "left", room: slug }, "not_found");
  }

  /** Sets a room's password, as its owner does: who does not belong to it has to leave. */
  setPassword(slug) {
    this.#expel({ type: "left", room: slug, reason: "password" }, "password_required");
  }

  #expel(left, code) {
    for (const connection of this.#connectionsTo(left.room)) {
      connection.deliver(left);
      connection.leave(left.room, code);
    }
  }

  /** Gives a room another slug, as an admin does. */
  moveRoom(was, slug) {
    const room = this.room(was);
    this.rooms.delete(was);
    this.rooms.set(slug, room);
    room.info = { ...room.info, slug };
    for (const connection of this.#connectionsTo(was)) {
      connection.rooms.delete(was);
      connection.rooms.add(slug);
      connection.deliver({ type: "room", room: room.info, was });
    }
  }

  broadcast(slug, event) {
    for (const connection of this.#connectionsTo(slug)) connection.deliver(event);
  }

  /** Cuts every connection; new ones are accepted. */
  cut() {
    for (const connection of [...this.connections]) connection.cut();
  }

  /** Cuts every connection, and accepts none for a second. */
  async restart() {
    this.up = false;
    this.cut();
    await this.run(1);
    this.up = true;
  }

  /** Makes the connections to a room, or all, pass nothing on, without closing them. */
  freeze(slug) {
    const dead = slug ? this.#connectionsTo(slug) : this.connections;
    for (const connection of dead) connection.frozen = true;
  }

  /** Returns the changes of a room since `after`, as a join or a sync has them. */
  changesSince(slug, after, epoch) {
    const room = this.room(slug);
    const { info, log, members, count } = room;
    const reset = after === undefined || epoch !== info.epoch;
    const changed = log.filter(({ version }) => version > after);
    const messages = reset ? log.slice(-50) : changed.sort((a, b) => a.version - b.version);
    return { room: { ...info }, reset, messages, more: log.length > 50, members, count };
  }

  page(slug, { before, after, around }, limit) {
    const { log } = this.room(slug);
    const first = after ?? (around ? Math.max(around - 1 - Math.floor(limit / 2), 0) : undefined);
    const start = first ?? Math.max(before - 1 - limit, 0);
    const end = first === undefined ? before - 1 : first + limit;
    return { messages: log.slice(start, end), more: start > 0, newer: end < log.length };
  }

  messagesAt(slug, seqs) {
    return { messages: this.room(slug).log.filter(({ seq }) => seqs.includes(seq)) };
  }

  /** Returns the next error to refuse a command with, if there is one. */
  refusal(type) {
    const [refusal, ...others] = this.refusals.get(type) ?? [];
    this.refusals.set(type, others);
    return refusal;
  }

  refuse(type, code, more = {}) {
    const errors = this.refusals.get(type) ?? [];
    this.refusals.set(type, [...errors, { code, message: `No: ${code}.`, ...more }]);
  }

  opened(connection) {
    this.connections.add(connection);
    this.#count();
  }

  closed(connection) {
    if (this.connections.delete(connection)) this.#count();
  }

  #count() {
    this.presence.push(this.#connectionsTo("lobby").length);
  }

  #connectionsTo(slug) {
    return [...this.connections].filter((connection) => connection.rooms.has(slug));
  }

  #heartbeat() {
    this.clock.setTimeout(() => {
      for (const connection of this.connections) connection.heartbeat();
      this.#heartbeat();
    }, HEARTBEAT_MS);
  }
}

const ack = ({ id, seq, version, at }, room) => ({ id, room, seq, version, at });

/** A WebSocket, and the server's end of it. */
class FakeSocket {
  rooms = new Set();
  frozen = false;
  #world;

  constructor(world) {
    this.#world = world;
    world.requests.push("WebSocket");
    queueMicrotask(() => this.#accept());
  }

  #accept() {
    const { up, upgrades, swallowsUpgrades } = this.#world;
    if (swallowsUpgrades) return;
    if (!up || !upgrades) return this.onclose?.({ code: 1006 });
    this.#world.opened(this);
    this.onopen?.();
  }

  send(text) {
    queueMicrotask(() => !this.frozen && this.#execute(JSON.parse(text)));
  }

  close() {
    this.#world.closed(this);
  }

  cut(code = 1006) {
    this.close();
    queueMicrotask(() => this.onclose?.({ code }));
  }

  leave(slug) {
    this.rooms.delete(slug);
  }

  deliver(...events) {
    if (!this.frozen) queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(events) }));
  }

  heartbeat() {
    this.deliver({ type: "heads", rooms: {} });
  }

  #execute({ type, id, ...fields }) {
    const error = this.#world.refusal(type);
    if (error) return this.deliver({ type: "error", id, ...error });
    const world = this.#world;
    const { room, after, epoch, limit, body, seq, seqs, emoji, on, reply_to } = fields;
    switch (type) {
      case "hello":
        return this.deliver({ type: "welcome", id, user: ANA, token: "token", ...WELCOME });
      case "join":
        this.rooms.add(room);
        world.presence.push(world.connections.size);
        return this.deliver({ type: "joined", id, ...world.changesSince(room, after, epoch) });
      case "send": {
        const stored = world.post(body, { slug: room, author: ANA, id, reply_to });
        return world.losesResponses ? world.cut() : this.deliver({ type: "ack", ...stored });
      }
      case "edit":
        return this.deliver({ type: "ack", ...world.edit(seq, body, room), id });
      case "delete":
        return this.deliver({ type: "ack", ...world.change(seq, { deleted: true }, room), id });
      case "react":
        return this.deliver({ type: "ack", ...world.react(seq, emoji, on, room), id });
      case "sync": {
        const { reset, messages, room: info } = world.changesSince(room, after, epoch);
        const { epoch: now, version } = info;
        return this.deliver({ type: "synced", id, room, epoch: now, version, reset, messages });
      }
      case "history":
        return this.deliver({ type: "history", id, room, ...world.page(room, fields, limit) });
      case "get":
        return this.deliver({ type: "messages", id, room, ...world.messagesAt(room, seqs) });
      case "ping":
        return this.deliver({ type: "pong", id });
      case "leave":
        this.leave(room);
        return this.deliver({ type: "left", id, room });
    }
  }
}
