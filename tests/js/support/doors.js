import { ANA } from "./server.js";

export const WELCOME = {
  heartbeat: 25,
  limits: { body: 4000, name: 32, frame: 65536 },
  site: { name: "Chat", welcome: "", guests_may_write: true },
};

const STATUS = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  name_taken: 409,
  rate_limited: 429,
  unavailable: 503,
};

/** The HTTP doors of a World, as `fetch`. */
export class FakeDoors {
  #world;

  constructor(world) {
    this.#world = world;
  }

  async fetch(address, { method = "GET", headers, body, signal }) {
    const world = this.#world;
    const url = new URL(address);
    const path = url.pathname.replace("/api/v1/", "");
    const kind = headers.Accept === "text/event-stream" ? "stream" : method;
    world.asked.push(`${kind} ${path}`);
    world.headers = headers;
    if (!world.up) throw new TypeError("Failed to fetch");
    if (world.proxyAnswers) return world.proxyAnswers();
    const query = Object.fromEntries(url.searchParams);
    const request = { query, body: JSON.parse(body ?? "null"), headers, signal };
    const answer = await this.#answer(`${method} ${path}`, request);
    // The way back takes a little while.
    await Promise.resolve();
    if (signal?.aborted) throw new DOMException("Given up.", "AbortError");
    return answer;
  }

  #answer(request, { query, body, headers, signal }) {
    const [, slug, what] = /rooms\/([^/]*)\/(\w+)/.exec(request) ?? [];
    if (request.endsWith(" me")) return this.#me(headers);
    if (request === "POST guests") return json(201, { user: ANA, token: "token" });
    if (request === "POST rooms") return json(200, this.#world.room(body.name).info);
    if (what === "messages" && request.startsWith("POST")) return this.#post(slug, body);
    if (what === "messages") {
      const { before, limit } = query;
      return this.#refused("history") ?? json(200, this.#world.page(slug, Number(before), limit));
    }
    return this.#events(slug, query, signal);
  }

  #me(headers) {
    const isKnown = headers.Authorization === "Bearer token";
    // Whether the server answers is asked by nobody: that is no hello yet.
    return (isKnown && this.#refused("hello")) || json(200, { user: isKnown ? ANA : null, ...WELCOME });
  }

  #post(slug, { id, body }) {
    const refused = this.#refused("send");
    if (refused) return refused;
    const answer = this.#world.says(body, { slug, author: ANA, id });
    if (!this.#world.losesAnswers) return json(answer.duplicate ? 200 : 201, answer);
    this.#world.cut();
    throw new TypeError("Failed to fetch");
  }

  #events(slug, { after, epoch, wait }, signal) {
    const refused = this.#refused("join");
    if (refused) return refused;
    const world = this.#world;
    if (!world.rooms.has(slug)) return refusal({ code: "not_found", message: "No." });
    const since = () => world.since(slug, after && Number(after), epoch);
    if (wait === undefined) return new Stream(world, slug, since(), signal).answer;
    return new Poll(world, slug, since, Number(wait), signal).answer;
  }

  #refused(type) {
    const error = this.#world.refusal(type);
    return error && refusal(error);
  }
}

function json(status, value, headers = {}) {
  return new Response(JSON.stringify(value), { status, headers });
}

function refusal(error) {
  return json(STATUS[error.code], { error });
}

/** A reader of one room. */
class Line {
  frozen = false;

  constructor(world, slug, signal) {
    this.world = world;
    this.slug = slug;
    this.rooms = new Set([slug]);
    signal?.addEventListener("abort", () => this.cut());
    world.comes(this);
  }

  leave() {
    this.cut();
  }
}

class Stream extends Line {
  constructor(world, slug, since, signal) {
    super(world, slug, signal);
    const body = new ReadableStream({ start: (controller) => (this.controller = controller) });
    const headers = { "Content-Type": "text/event-stream; charset=utf-8" };
    // A proxy that gathers holds back everything until the end.
    this.answer = world.gathers
      ? new Promise((_, reject) => (this.give = reject))
      : Promise.resolve(new Response(body, { headers }));
    if (!world.gathers) this.told({ type: "joined", ...since });
  }

  told(event) {
    this.#write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  beat() {
    this.#write(":\n\n");
  }

  cut() {
    if (!this.world.lines.has(this)) return;
    this.world.goes(this);
    this.give?.(new TypeError("Failed to fetch"));
    this.controller.close();
  }

  #write(text) {
    if (!this.frozen) this.controller.enqueue(new TextEncoder().encode(text));
  }
}

class Poll extends Line {
  #others = [];

  constructor(world, slug, since, wait, signal) {
    super(world, slug, signal);
    this.since = since;
    this.answer = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    const { reset, messages, members, count } = since();
    this.begun = { members: [...members], count };
    if (messages.length > 0 || reset || wait === 0) this.#end();
    else world.clock.setTimeout(() => this.#end(), wait * 1000);
  }

  told(event) {
    if (event.type === "left") return;
    if (event.type !== "message") this.#others.push(event);
    queueMicrotask(() => this.#end());
  }

  leave() {
    this.world.goes(this);
    this.resolve(refusal({ code: "not_found", message: "No." }));
  }

  beat() {}

  cut() {
    this.world.goes(this);
    this.reject(new TypeError("Failed to fetch"));
  }

  #end() {
    if (this.frozen || !this.world.lines.has(this)) return;
    this.world.goes(this);
    const { messages, ...state } = this.since();
    const events = messages.map((message) => messageEvent(this.slug, message));
    const { version, epoch } = state.room;
    const answer = { events: [...events, ...this.#others], version, epoch, ...state, ...this.begun };
    this.resolve(json(200, answer));
  }
}

function messageEvent(room, message) {
  return { type: "message", room, version: message.version, message };
}
