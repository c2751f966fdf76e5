import { isTouch, part } from "../dom.js";
import { Extent } from "../logic/extent.js";
import { showBeginning } from "./beginning.js";
import { DayNames } from "./daynames.js";
import { Edge } from "./edge.js";
import { showJump } from "./jump.js";
import { MessageList } from "./list.js";
import { Passing } from "./passing.js";
import { Scroll } from "./scroll.js";

// Some screens in both directions, however far one scrolls and for how many weeks a room talks.
const MEASURE = { keep: 600, limit: 700 };
const PAGE = 50;

/** The stream of messages: what it shows, where one is in it, and what is new. */
export class Messages {
  #here;
  #unread;
  #box = part("scroller");
  #list;
  #passing;
  #scroll;
  #extent = new Extent();
  #top;
  #bottom;
  #longer = false;

  /** @param {Here} here whose messages @param {Unread} unread counts those that nobody read yet */
  constructor(here, unread) {
    this.#here = here;
    this.#unread = unread;
    this.#list = new MessageList(part("stream"), here);
    this.#passing = new Passing(this.#list);
    const dayNames = new DayNames(this.#box);
    this.#scroll = new Scroll(this.#box, part("stream"), {
      turned: () => this.#look(),
      moved: () => dayNames.show(),
      isWhole: () => this.#extent.isAtNewest,
    });
    this.#top = new Edge(this.#box, part("top"), () => this.#older());
    this.#bottom = new Edge(this.#box, part("bottom"), () => this.#newer());
    this.#listen();
    part("jump").addEventListener("click", () => this.#jump());
    part("stream").addEventListener("click", (event) => actOnFailed(here, event));
    document.addEventListener("visibilitychange", () => this.#look());
  }

  #listen() {
    const here = this.#here;
    const endFirst = here.on("joined", () => {
      endFirst();
      this.#change(() => this.#list.addLine("You joined"));
    });
    here.on("joined", () => this.#top.look());
    here.on("reset", ({ messages, more }) => {
      this.#longer = more;
      this.#list.markNew(null);
      this.#silently(() => this.#start({ messages, more }));
    });
    here.on("history", (page) => this.#silently(() => this.#prepend(page)));
    here.on("message", ({ message }) => this.#change(() => this.#put(message)));
    here.on("presence", (event) => this.#change(() => this.#note(event)));
    here.on("outbox", ({ entries }) => this.#change(() => this.#putUnsent(entries)));
    here.on("room", () => this.#show());
  }

  /** Shows the newest messages, and nothing else. */
  #start({ messages, more }) {
    this.#list.clear();
    this.#passing.end();
    this.#extent.start({ messages, more });
    messages.forEach((message) => this.#list.put(message));
    this.#scroll.toEnd();
    this.#top.look();
    this.#bottom.look();
  }

  /** Shows older messages: those that were shown before and are held, else what the server has. */
  async #older() {
    if (!this.#extent.more) return false;
    const held = this.#here.held.filter(({ seq }) => seq < this.#extent.floor).slice(-PAGE);
    if (held.length > 0) this.#silently(() => this.#prepend({ messages: held, more: true }));
    else if (!(await this.#here.history()).more) this.#extent.growUp({ messages: [], more: false });
    this.#show();
    return this.#extent.more;
  }

  #prepend(page) {
    this.#extent.growUp(page);
    this.#putShown(page.messages);
  }

  /** Shows the next newer messages. Those that were let go meanwhile are loaded backwards. */
  async #newer() {
    if (this.#extent.isAtNewest) return false;
    const next = this.#here.held.filter(({ seq }) => seq > this.#extent.ceiling).slice(0, PAGE);
    const isMissing = next.length === 0 || next[0].seq > this.#extent.ceiling + 1;
    if (isMissing && (await this.#here.history()).more) return true;
    this.#silently(() => this.#append(next));
    return true;
  }

  #append(messages) {
    this.#extent.growDown(messages);
    this.#putShown(messages);
  }

  #putShown(messages) {
    const shown = messages.filter((message) => this.#extent.includes(message));
    shown.forEach((message) => this.#list.put(message));
  }

  #put(message) {
    const fresh = this.#extent.note(message);
    if (this.#extent.includes(message)) this.#list.put(message, { fresh });
    if (!fresh) return;
    this.#passing.end();
    if (this.#here.isMine(message.author)) this.#list.markNew(null);
    else if (this.#unread.arrived()) this.#list.markNew(message.seq);
  }

  /** Who comes and goes now belongs behind what is said now. */
  #note(presence) {
    if (this.#extent.isAtNewest) this.#passing.note(presence);
  }

  #putUnsent(entries) {
    if (this.#list.putUnsent(entries)) this.#toEnd();
  }

  /** The button vanishes at the end, and must not take the keyboard's place with it. */
  #jump() {
    this.#box.focus({ preventScroll: true });
    this.#toEnd();
  }

  #toEnd() {
    if (this.#extent.isAtNewest) return this.#scroll.toEnd();
    this.#silently(() => this.#start({ messages: this.#here.held.slice(-PAGE), more: true }));
  }

  /** Somebody came to the end or left it, looks at the page or away from it. */
  #look() {
    this.#unread.setReading(this.#scroll.atEnd && document.visibilityState === "visible");
    this.#list.nameDays();
    this.#show();
  }

  #change(apply) {
    this.#scroll.hold(() => {
      apply();
      this.#extent.cut(this.#list.trim(this.#scroll.reading, MEASURE));
    });
    this.#show();
  }

  /** A screen reader hears new messages, not history. */
  #silently(apply) {
    this.#box.ariaLive = "off";
    this.#change(apply);
    requestAnimationFrame(() => setTimeout(() => (this.#box.ariaLive = "polite")));
  }

  #show() {
    const { info } = this.#here;
    const { more } = this.#extent;
    showBeginning({ info, more, longer: this.#longer, isEmpty: this.#list.isEmpty });
    showJump({ atEnd: this.#scroll.atEnd, unread: this.#unread.count });
  }
}

function actOnFailed(here, { target }) {
  const action = target.closest("[data-action]")?.dataset.action;
  const id = target.closest(".message")?.dataset.id;
  if (action === "retry") here.retry(id);
  if (action === "discard") here.discard(id);
  // The buttons go, and must not take the keyboard's place with them.
  if (action && !isTouch()) part("composer-text").focus();
}
