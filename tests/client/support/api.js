import { ANA } from "./server.js";

export const WELCOME = {
  heartbeat: 25,
  limits: { body: 4000, name: 32, frame: 65536, edit: 86400 },
  site: { name: "Chat", welcome: "", guests_may_write: true },
};

const STATUS = {
  unauthorized: 401,
  forbidden: 403,
  password_required: 403,
  not_found: 404,
  name_taken: 409,
  rate_limited: 429,
  unavailable: 503,
};

/** The HTTP API of a World, as `fetch`. */
export class FakeApi {
  #world;

  constructor(world) {
    this.#world = world;
  }

  async fetch(address, { method = "GET", headers = {}, body, signal }) {
    const world = this.#world;
    const url = new URL(address);
    const path = url.pathname.replace("/api/v1/", "");
    const kind = headers.Accept === "text/event-stream" ? "stream" : method;
    world.requests.push(`${kind} ${path}`);
    world.headers = headers;
    if (!world.up) throw new TypeError("Failed to fetch");
    if (world.proxyAnswers) return world.proxyAnswers();
    const query = Object.fromEntries(url.searchParams);
    const request = { query, body: JSON.parse(body ?? "null"), headers, signal };
    const response = await this.#respond(`${method} ${path}`, request);
    // The response takes a moment.
    await Promise.resolve();
    if (signal?.aborted) throw new DOMException("Aborted.", "AbortError");
    return response;
  }

  #respond(request, { query, body, headers, signal }) {
    const [, slug, what] = /rooms\/([^/]*)\/(\w+)/.exec(request) ?? [];
    if (request === "GET origin") return json(200, { origin: null, allowed: true });
    if (request.endsWith(" me")) return this.#me(headers);
    if (request === "POST guests") return json(201, { user: ANA, token: "token" });
    if (request === "POST rooms") return json(200, this.#world.room(body.name.toLowerCase()).info);
    if (what === "messages" && request.startsWith("POST")) return this.#post(slug, body);
    if (request.includes("/reactions/")) return this.#react(slug, request);
    if (/^(PATCH|DELETE) /.test(request)) return this.#change(slug, request, body);
    if (what === "messages") {
      const { seqs, limit, ...place } = numbers(query);
      if (seqs) return this.#refused("get") ?? json(200, this.#world.messagesAt(slug, seqs));
      return this.#refused("history") ?? json(200, this.#world.page(slug, place, limit));
    }
    return this.#events(slug, query, signal);
  }

  #me(headers) {
    const isKnown = headers.Authorization === "Bearer token";
    // A request without a token is no hello: it finds out whether the server responds.
    return (isKnown && this.#refused("hello")) || json(200, { user: isKnown ? ANA : null, ...WELCOME });
  }

  #post(slug, { id, body, reply_to }) {
    const refused = this.#refused("send");
    if (refused) return refused;
    const stored = this.#world.post(body, { slug, author: ANA, id, reply_to });
    if (!this.#world.losesResponses) return json(stored.duplicate ? 200 : 201, stored);
    this.#world.cut();
    throw new TypeError("Failed to fetch");
  }

  #change(slug, request, change) {
    const refused = this.#refused(request.startsWith("PATCH") ? "edit" : "delete");
    if (refused) return refused;
    const seq = Number(request.split("/").at(-1));
    return json(200, this.#world.change(seq, change ? { body: change.body } : { deleted: true }, slug));
  }

  #react(slug, request) {
    const [, seq, emoji] = /(\d+)\/reactions\/(.*)/.exec(request);
    const on = request.startsWith("PUT");
    return json(200, this.#world.react(Number(seq), decodeURIComponent(emoji), on, slug));
  }

  #events(slug, { after, epoch, wait }, signal) {
    const refused = this.#refused("join");
    if (refused) return refused;
    const world = this.#world;
    if (!world.rooms.has(slug)) return refusal({ code: "not_found", message: "No." });
    const changes = () => world.changesSince(slug, after && Number(after), epoch);
    if (wait === undefined) return new Stream(world, slug, changes(), signal).response;
    return new Poll(world, slug, changes, Number(wait), signal).response;
  }

  #refused(type) {
    const error = this.#world.refusal(type);
    return error && refusal(error);
  }
}

/** Returns a query with its numbers and its lists of numbers. */
function numbers(query) {
  const parsed = Object.entries(query).map(([name, text]) => {
    return [name, name === "seqs" ? text.split(",").map(Number) : Number(text)];
  });
  return Object.fromEntries(parsed);
}

function json(status, value, headers = {}) {
  return new Response(JSON.stringify(value), { status, headers });
}

function refusal(error) {
  return json(STATUS[error.code], { error });
}

/** The server's end of a subscription to one room. */
class Subscription {
  frozen = false;

  constructor(world, slug, signal) {
    this.world = world;
    this.slug = slug;
    this.rooms = new Set([slug]);
    signal?.addEventListener("abort", () => this.cut());
    world.opened(this);
  }

  leave() {
    this.cut();
  }
}

class Stream extends Subscription {
  constructor(world, slug, changes, signal) {
    super(world, slug, signal);
    const body = new ReadableStream({ start: (controller) => (this.controller = controller) });
    const headers = { "Content-Type": "text/event-stream; charset=utf-8" };
    // A proxy that buffers holds everything back until the end.
    this.response = world.buffers
      ? new Promise((_, reject) => (this.fail = reject))
      : Promise.resolve(new Response(body, { headers }));
    if (!world.buffers) this.deliver({ type: "joined", ...changes });
  }

  deliver(event) {
    this.#write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  heartbeat() {
    this.#write(":\n\n");
  }

  cut() {
    if (!this.world.connections.has(this)) return;
    this.world.closed(this);
    this.fail?.(new TypeError("Failed to fetch"));
    this.controller.close();
  }

  #write(text) {
    if (!this.frozen) this.controller.enqueue(new TextEncoder().encode(text));
  }
}

class Poll extends Subscription {
  #others = [];

  constructor(world, slug, changes, wait, signal) {
    super(world, slug, signal);
    this.changes = changes;
    this.response = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    const { reset, messages, members, count } = changes();
    this.begun = { members: [...members], count };
    if (messages.length > 0 || reset || wait === 0) this.#end();
    else world.clock.setTimeout(() => this.#end(), wait * 1000);
  }

  deliver(event) {
    if (event.type === "left") return;
    if (event.type !== "message") this.#others.push(event);
    queueMicrotask(() => this.#end());
  }

  leave(slug, code) {
    this.world.closed(this);
    this.resolve(refusal({ code, message: "No." }));
  }

  heartbeat() {}

  cut() {
    this.world.closed(this);
    this.reject(new TypeError("Failed to fetch"));
  }

  #end() {
    if (this.frozen || !this.world.connections.has(this)) return;
    this.world.closed(this);
    const { messages, ...state } = this.changes();
    const events = messages.map((message) => messageEvent(this.slug, message));
    const { version, epoch } = state.room;
    const content = { events: [...events, ...this.#others], version, epoch, ...state, ...this.begun };
    this.resolve(json(200, content));
  }
}

function messageEvent(room, message) {
  return { type: "message", room, version: message.version, message };
}
