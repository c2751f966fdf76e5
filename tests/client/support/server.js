import { connect } from "../../../static/chat/client.js";
import { MemoryStorage } from "../../../static/chat/client/base/storage.js";
import { FakeClock } from "./clock.js";

export const ANA = { id: "p-ana", name: "Ana", kind: "guest" };
export const BEN = { id: "p-ben", name: "Ben", kind: "guest" };
export const MEMBER = { id: "p-mia", name: "Mia", kind: "member" };

const WELCOME = {
  type: "welcome",
  heartbeat: 25,
  limits: { body: 4000, name: 32, frame: 65536, edit: 86400 },
  site: { name: "Chat", welcome: "", guests_may_write: true },
};

/** The server's end: every socket that the client opens, and what it sent on each. */
export class FakeServer {
  sockets = [];
  WebSocket;

  constructor() {
    const { sockets } = this;
    this.WebSocket = class {
      sent = [];
      closed = false;

      constructor(url) {
        this.url = url;
        sockets.push(this);
      }

      send(text) {
        this.sent.push(JSON.parse(text));
      }

      close() {
        this.closed = true;
      }
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  accept() {
    this.socket.onopen();
  }

  /** Sends events in one frame. */
  push(...events) {
    this.socket.onmessage({ data: JSON.stringify(events) });
  }

  drop(code = 1006) {
    this.socket.onclose({ code });
  }

  /** Returns the commands of a type that were sent over the current socket. */
  commands(type) {
    return this.socket.sent.filter((command) => command.type === type);
  }

  /** Returns the last command of a type; fails the test when there is none. */
  last(type) {
    const command = this.commands(type).at(-1);
    if (!command) throw new Error(`No ${type} was sent: ${JSON.stringify(this.socket.sent)}`);
    return command;
  }

  /** Replies to the last command of a type. */
  reply(type, event) {
    this.push({ id: this.last(type).id, ...event });
  }

  refuse(type, code, more = {}) {
    this.reply(type, { type: "error", code, message: `No: ${code}.`, ...more });
  }

  welcome(user = ANA) {
    const token = user.kind === "guest" ? { token: `token-of-${user.id}` } : {};
    this.reply("hello", { ...WELCOME, user, ...token });
  }

  /** Lets the client join; takes the fields of `room(…)` and of the `joined` event. */
  joined({ room: about, ...rest } = {}) {
    const defaults = { reset: true, messages: [], more: false, members: [ANA], count: 1 };
    this.reply("join", { type: "joined", room: room(about), ...defaults, ...rest });
  }

  ack(seq, { of = "send", ...more } = {}) {
    const at = "2030-01-01T00:00:00Z";
    this.reply(of, { type: "ack", room: "lobby", seq, version: seq, at, ...more });
  }

  heads(rooms) {
    this.push({ type: "heads", rooms });
  }
}

export function room(about = {}) {
  const newest = about.version ?? 0;
  const defaults = { slug: "lobby", name: "Lobby", topic: "", kind: "public", closed: false, epoch: "e1" };
  return { ...defaults, version: newest, seq: newest, ...about };
}

export function message(seq, more = {}) {
  return {
    seq,
    version: seq,
    id: `m${seq}`,
    author: BEN,
    body: `message ${seq}`,
    at: "2030-01-01T00:00:00Z",
    edited_at: null,
    deleted: false,
    ...more,
  };
}

export function messages(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => message(first + index));
}

export function live(about) {
  return { type: "message", room: "lobby", version: about.version, message: about };
}

/** Returns the storages of a tab: its own, and the local one that it shares with others. */
export function storages(local = new MemoryStorage()) {
  return { session: new MemoryStorage(), local };
}

/** Returns a client connected to a fake server, with all its events in `events`. */
export function start({ storage = storages(), ...options } = {}) {
  const server = new FakeServer();
  const clock = new FakeClock();
  const network = {};
  const signals = (handlers) => {
    Object.assign(network, handlers);
    return () => {};
  };
  let ids = 0;
  const newId = () => `id-${(ids += 1)}-${clock.now()}`;
  const environment = { WebSocket: server.WebSocket, clock, storage, signals, newId };
  const chat = connect("ws://chat.test/ws/", {
    name: "Ana",
    random: () => 0.5,
    fetch: null,
    ...environment,
    ...options,
  });
  return { chat, server, clock, network, storage, events: recorder(chat) };
}

/** Returns the same, already in the lobby. */
export function startInLobby({ user = ANA, joined = {}, ...options } = {}) {
  const started = start({ room: "lobby", ...options });
  letIn(started.server, user, joined);
  return started;
}

export function letIn(server, user = ANA, joined = {}) {
  server.accept();
  server.welcome(user);
  server.joined(joined);
}

const TYPES = [
  "state",
  "welcome",
  "site",
  "refused",
  "error",
  "joined",
  "reset",
  "message",
  "history",
  "presence",
  "renamed",
  "typing",
  "room",
  "outbox",
  "rooms",
  "read",
  "notice",
];

export function recorder(chat) {
  const all = [];
  for (const type of TYPES) chat.on(type, (event) => all.push([type, event]));
  const of = (type) => all.filter(([name]) => name === type).map(([, event]) => event);
  return { of, last: (type) => of(type).at(-1), forget: () => all.splice(0) };
}
