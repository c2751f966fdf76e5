import { part } from "../dom.js";
import { showBeginning } from "./beginning.js";
import { DayNames } from "./daynames.js";
import { History } from "./history.js";
import { showJump } from "./jump.js";
import { MessageList } from "./list.js";
import { Passing } from "./passing.js";
import { Scroll } from "./scroll.js";

/** The stream of messages: what it shows, where one is in it, and what is new. */
export class Messages {
  #here;
  #unread;
  #box = part("scroller");
  #list;
  #passing;
  #scroll;
  #history;
  #newest = 0;

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
    });
    this.#history = new History(here, this.#box);
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
    here.on("reset", (event) => this.#silently(() => this.#replace(event)));
    here.on("history", (event) => this.#silently(() => this.#prepend(event)));
    here.on("message", ({ message }) => this.#change(() => this.#put(message)));
    here.on("presence", (event) => this.#change(() => this.#passing.note(event)));
    here.on("outbox", ({ entries }) => this.#change(() => this.#putUnsent(entries)));
    here.on("room", () => this.#show());
  }

  #replace({ messages, more }) {
    this.#list.clear();
    this.#passing.end();
    messages.forEach((message) => this.#list.put(message));
    this.#newest = messages.at(-1)?.seq ?? 0;
    this.#history.start(more);
    this.#scroll.toEnd();
  }

  #prepend({ messages, more }) {
    messages.forEach((message) => this.#list.put(message));
    this.#history.went(more);
  }

  #put(message) {
    const fresh = message.seq > this.#newest;
    this.#list.put(message, { fresh });
    if (!fresh) return;
    this.#newest = message.seq;
    this.#passing.end();
    if (this.#here.isMine(message.author)) this.#list.markNew(null);
    else if (this.#unread.arrived()) this.#list.markNew(message.seq);
  }

  #putUnsent(entries) {
    if (this.#list.putUnsent(entries)) this.#scroll.toEnd();
  }

  /** The button vanishes at the end, and must not take the keyboard's place with it. */
  #jump() {
    this.#box.focus({ preventScroll: true });
    this.#scroll.toEnd();
  }

  /** Somebody came to the end or left it, looks at the page or away from it. */
  #look() {
    this.#unread.setReading(this.#scroll.atEnd && document.visibilityState === "visible");
    this.#list.nameDays();
    this.#show();
  }

  #change(apply) {
    this.#scroll.hold(apply);
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
    const { more, longer } = this.#history;
    showBeginning({ info, more, longer, isEmpty: this.#list.isEmpty });
    showJump({ atEnd: this.#scroll.atEnd, unread: this.#unread.count });
  }
}

function actOnFailed(here, { target }) {
  const action = target.closest("[data-action]")?.dataset.action;
  const id = target.closest(".message")?.dataset.id;
  if (action === "retry") here.retry(id);
  if (action === "discard") here.discard(id);
}
