import { REMOVED, SIGNED_OUT } from "../../base/protocol.js";
import { Endpoints, NoResponse, Refusal } from "./endpoints.js";
import { Pace } from "./pace.js";
import { RoomPoll } from "./poll.js";
import { PolledList } from "./polledlist.js";
import { messagesOf } from "./polledroom.js";
import { RoomStream } from "./stream.js";
import { Turns } from "./turns.js";

// A browser keeps six connections to one host over HTTP/1.1, in all its tabs: some are for writes.
const OWN_CONNECTIONS = 4;
// In ms. The server keeps the name of whoever is in a room, and hears a little later that they left.
const RENAMED_AFTER = [100, 400];
const FINAL = { unauthorized: SIGNED_OUT, forbidden: REMOVED };

/**
 * Commands and events over plain HTTP: each command is a request to its endpoint, and the response
 * becomes the event that a socket would receive. Each room has a subscription with a connection of
 * its own; those beyond four are polled in turn.
 */
class HttpTransport {
  /**
   * onOpen(), onEvents(events), onTraffic(), onClose({code, reason, retryAfter}), and onUnfit()
   * where events arrive too late to be of use.
   */
  handlers = null;
  #parts;
  #endpoints;
  #createSubscription;
  // The slug of each, once it is known.
  #joins = new Map();
  #entering = new Map();
  #subscriptions = new Map();
  #turns;
  #list = null;
  #pace;
  #isClosed = false;

  /**
   * @param {string} url of the server's WebSocket
   * @param {object} parts fetch, clock and csrfToken
   * @param {Function} createSubscription of a slug, a port and the parts
   */
  constructor(url, parts, createSubscription) {
    this.#parts = parts;
    this.#createSubscription = createSubscription;
    this.#endpoints = new Endpoints(url, parts);
    this.#turns = new Turns(parts);
    this.#pace = new Pace(parts.clock, () => [...this.#subscriptions.values()]);
  }

  /** Opens if the server responds; whether it lets this person in is a matter of `hello`. */
  async open() {
    try {
      await this.#endpoints.fetchJson("me", "limits");
    } catch (error) {
      if (!(error instanceof Refusal)) return this.#end(error);
    }
    if (!this.#isClosed) this.handlers.onOpen();
  }

  transmitCommand(command) {
    this.#execute(command).catch((error) => this.#commandFailed(command, error));
  }

  /** Ends all subscriptions; others do not see somebody leave who joins again at once. */
  leaveRooms() {
    this.#joins.clear();
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
  }

  close() {
    this.#isClosed = true;
    this.leaveRooms();
    this.#list?.close();
    this.#endpoints.close();
  }

  async #execute(command) {
    switch (command.type) {
      case "hello":
        return this.#hello(command);
      case "join":
        return this.#join(command);
      case "leave":
        return this.#leave(command);
      case "send":
        return this.#postMessage(command);
      case "edit":
      case "delete":
        return this.#changeMessage(command);
      case "react":
        return this.#react(command);
      case "sync":
        return this.#sync(command);
      case "history":
        return this.#fetchHistory(command);
      case "get":
        return this.#fetchMessages(command);
      case "read":
        return this.#markRead(command);
      case "watch":
        return this.#watch(command);
      case "ping":
        return this.#ping(command);
    }
    // The others, typing and receipts, have no endpoint: polls and streams need none.
  }

  async #hello({ id, name, token }) {
    if (this.#subscriptions.size > 0) throw inRoomsRefusal();
    const endpoints = this.#endpoints;
    endpoints.token = token ?? null;
    const me = await this.#me(token, name);
    if (!me.user) {
      const guest = await endpoints.fetchJson("guests", "token", { body: name ? { name } : {} });
      endpoints.token = me.token = guest.token;
      me.user = guest.user;
    } else if (token) {
      me.token = token;
    }
    this.#deliver([{ type: "welcome", ...me, id }]);
  }

  /** Returns who one is. A guest's other name is asked for again where the former one is kept still. */
  async #me(token, name) {
    const ask = () => this.#endpoints.fetchJson("me", "limits", { body: token && name && { name } });
    const isKept = ({ user }) => token && name && user?.kind === "guest" && user.name !== name;
    let me = await ask();
    for (const delay of RENAMED_AFTER) {
      if (!isKept(me)) break;
      await new Promise((resolve) => this.#parts.clock.setTimeout(resolve, delay));
      me = await ask();
    }
    return me;
  }

  async #join(command) {
    this.#joins.set(command, null);
    try {
      const slug = await this.#slugOf(command);
      // Each join has its reply, so the next one of the same room waits for the one before.
      while (this.#entering.has(slug)) await this.#entering.get(slug);
      if (this.#isClosed || !this.#joins.has(command)) return;
      this.#joins.set(command, slug);
      const entering = this.#enter(slug, command);
      const settled = entering.catch(() => {}).finally(() => this.#entering.delete(slug));
      this.#entering.set(slug, settled);
      await entering;
    } finally {
      this.#joins.delete(command);
    }
  }

  /**
   * A join with an epoch knows that the room exists; any other may have to create it. With a
   * password one belongs to the room before it is followed.
   */
  async #slugOf({ room, epoch, password }) {
    if (password !== undefined) {
      const path = `rooms/${encodeURIComponent(room)}/members`;
      return (await this.#endpoints.fetchJson(path, "slug", { body: { password } })).slug;
    }
    if (epoch) return room;
    return (await this.#endpoints.fetchJson("rooms", "slug", { body: { name: room } })).slug;
  }

  async #enter(slug, { id, after, epoch }) {
    this.#subscriptions.get(slug)?.close();
    this.#subscriptions.delete(slug);
    const subscription = this.#subscription(slug);
    this.#subscriptions.set(slug, subscription);
    try {
      await subscription.start({ after, epoch }, id);
    } catch (error) {
      // A room that was left meanwhile has no subscription any more.
      if (!this.#has(subscription)) return;
      this.#drop(subscription);
      throw error;
    }
  }

  #subscription(slug) {
    let subscription = null;
    const port = {
      endpoints: this.#endpoints,
      pace: this.#pace,
      onRoomEvents: (events) => this.#deliver(events, subscription),
      onTraffic: () => this.handlers.onTraffic(),
      onEnded: (error) => this.#subscriptionEnded(subscription, error),
      onGone: (reason) => this.#roomGone(subscription, reason),
      onSilent: () => this.#isClosed || this.handlers.onUnfit(),
    };
    const own = [...this.#subscriptions.values()].filter(({ inTurn }) => !inTurn);
    subscription =
      own.length < OWN_CONNECTIONS
        ? this.#createSubscription(slug, port, this.#parts)
        : this.#turns.subscribeTo(slug, port);
    return subscription;
  }

  async #leave({ id, room }) {
    const slugs = [room];
    for (const [join, slug] of this.#joins) {
      if (join.room !== room) continue;
      slugs.push(slug);
      this.#joins.delete(join);
    }
    for (const slug of slugs) if (this.#subscriptions.has(slug)) this.#drop(this.#subscriptions.get(slug));
    this.#deliver([{ type: "left", id, room }]);
  }

  async #postMessage({ type, room, ...message }) {
    const path = `rooms/${encodeURIComponent(room)}/messages`;
    const ack = await this.#endpoints.fetchJson(path, "seq", { body: message });
    this.#deliver([{ type: "ack", ...ack }]);
  }

  async #changeMessage({ type, id, room, seq, ...edit }) {
    const path = `rooms/${encodeURIComponent(room)}/messages/${seq}`;
    const request = type === "edit" ? { method: "PATCH", body: edit } : { method: "DELETE" };
    const ack = await this.#endpoints.fetchJson(path, "seq", request);
    this.#deliver([{ type: "ack", ...ack, id }]);
  }

  async #react({ id, room, seq, emoji, on }) {
    const message = `rooms/${encodeURIComponent(room)}/messages/${seq}`;
    const path = `${message}/reactions/${encodeURIComponent(emoji)}`;
    const request = { method: on ? "PUT" : "DELETE" };
    const ack = await this.#endpoints.fetchJson(path, "seq", request);
    this.#deliver([{ type: "ack", ...ack, id }]);
  }

  async #sync({ id, room, after, epoch: known }) {
    const path = `rooms/${encodeURIComponent(room)}/events`;
    const query = { after, epoch: known, wait: 0 };
    const response = await this.#endpoints.fetchJson(path, "events", { query });
    const { epoch, version, reset, more, mine, events } = response;
    const log = { ...messagesOf(events), mine, mineAt: response.room.version };
    this.#deliver([{ type: "synced", id, room, epoch, version, reset, more, ...log }]);
  }

  async #fetchHistory({ id, room, before, after, around, limit }) {
    const path = `rooms/${encodeURIComponent(room)}/messages`;
    const query = { before, after, around, limit };
    const page = await this.#endpoints.fetchJson(path, "messages", { query });
    this.#deliver([{ type: "history", id, room, ...page }]);
  }

  async #fetchMessages({ id, room, seqs }) {
    const path = `rooms/${encodeURIComponent(room)}/messages`;
    const query = { seqs: seqs.join() };
    const found = await this.#endpoints.fetchJson(path, "messages", { query });
    this.#deliver([{ type: "messages", id, room, ...found }]);
  }

  async #markRead({ room, seq }) {
    const path = `rooms/${encodeURIComponent(room)}/read`;
    await this.#endpoints.write(path, { method: "PUT", body: { seq } });
  }

  async #watch({ id }) {
    this.#list?.close();
    const { clock } = this.#parts;
    this.#list = new PolledList(this.#endpoints, clock, (event) => this.#deliver([event]));
    await this.#list.start(id);
  }

  /** Checks the subscriptions too: a response at an endpoint does not show that they are alive. */
  async #ping({ id }) {
    if ([...this.#subscriptions.values()].some(({ isLate }) => isLate)) throw new NoResponse();
    await this.#endpoints.fetchJson("me", "limits");
    this.#deliver([{ type: "pong", id }]);
  }

  #deliver(events, subscription) {
    if (this.#isClosed) return;
    for (const event of events) {
      if (event.type === "room" && event.was) this.#roomMoved(subscription, event);
      if (event.type === "left" && subscription) this.#drop(subscription);
      if (event.type === "notice" || event.type === "read") this.#list?.hurry();
    }
    this.handlers.onEvents(events);
  }

  #roomMoved(subscription, { room, was }) {
    if (this.#subscriptions.get(was) !== subscription) return;
    this.#subscriptions.delete(was);
    this.#subscriptions.set(room.slug, subscription);
    subscription.setSlug(room.slug);
  }

  #drop(subscription) {
    for (const [slug, other] of this.#subscriptions) {
      if (other === subscription) this.#subscriptions.delete(slug);
    }
    subscription.close();
  }

  #roomGone(subscription, reason) {
    const [slug] = [...this.#subscriptions].find(([, other]) => other === subscription) ?? [];
    if (slug !== undefined) this.#deliver([{ type: "left", room: slug, reason }], subscription);
  }

  /** Ends with a subscription that ended by itself; that of a deleted room was dropped before. */
  #subscriptionEnded(subscription, error) {
    if (this.#has(subscription)) this.#end(error);
  }

  #has(subscription) {
    return [...this.#subscriptions.values()].includes(subscription);
  }

  #commandFailed({ id }, error) {
    if (this.#isClosed) return;
    if (!(error instanceof Refusal)) return this.#end(error);
    this.#deliver([{ ...error.event, id }]);
    if (error.code === "unauthorized") this.#end(error);
  }

  /**
   * Ends as a socket does, with the close code that it would have. An error that is neither a
   * refusal nor a lost connection is a bug, and is thrown as well.
   */
  #end(error) {
    if (this.#isClosed) return;
    this.close();
    const { message: reason, retryAfter } = error;
    this.handlers.onClose({ code: closeCodeOf(error), reason, retryAfter });
    if (!(error instanceof Refusal || error instanceof NoResponse)) throw error;
  }
}

function closeCodeOf(error) {
  const code = error instanceof Refusal ? FINAL[error.code] : error.code;
  return code ?? new NoResponse().code;
}

function inRoomsRefusal() {
  const message = "Leave your rooms before you take another name.";
  return new Refusal({ code: "bad_request", message });
}

/** Subscribes to each room by a stream of server-sent events. */
export class EventsTransport extends HttpTransport {
  constructor(url, parts) {
    super(url, parts, (...place) => new RoomStream(...place));
  }
}

/** Subscribes to each room by long polls, which pass proxies that buffer whole responses. */
export class PollTransport extends HttpTransport {
  constructor(url, parts) {
    super(url, parts, (...place) => new RoomPoll(...place));
  }
}
