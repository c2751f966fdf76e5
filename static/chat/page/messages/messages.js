import { Extent } from "../logic/extent.js";
import { followZone } from "../logic/times.js";
import { part } from "../parts/dom.js";
import { DayNames } from "./days.js";
import { Edge } from "./edge.js";
import { showBeginning, showJump } from "./ends.js";
import { MessageList } from "./list.js";
import { PresenceLines } from "./presence.js";
import { Scroll } from "./scroll.js";

// Several screens in both directions, however far one scrolls and however long the page is open.
const MEASURE = { keep: 600, limit: 700 };
const PAGE = 50;
const TIME_CHECK_MS = 2_000;

/** The stream of messages: what it shows, where it is scrolled to, and what is unread. */
export class Messages {
  #chat;
  #unread;
  #standing;
  #box = part("scroller");
  #list;
  #presence;
  #scroll;
  #extent = new Extent();
  #top;
  #bottom;
  #longer = false;

  /**
   * @param {Chat} chat with one room
   * @param {Unread} unread counts the unread messages
   * @param {Standing} standing
   */
  constructor(chat, unread, standing) {
    this.#chat = chat;
    this.#unread = unread;
    this.#standing = standing;
    this.#list = new MessageList(part("stream"), chat);
    this.#presence = new PresenceLines(this.#list);
    const dayNames = new DayNames(this.#box);
    this.#scroll = new Scroll(this.#box, part("stream"), {
      onEnd: () => this.#updateReading(),
      onScroll: () => dayNames.reveal(),
      isWhole: () => this.#extent.isAtNewest,
    });
    this.#top = new Edge(this.#box, part("top"), () => this.#loadOlder());
    this.#bottom = new Edge(this.#box, part("bottom"), () => this.#loadNewer());
    this.#listen();
    part("jump").addEventListener("click", () => this.#jump());
    document.addEventListener("visibilitychange", () => this.#updateReading());
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => this.#updateReading());
    setInterval(() => this.#followTime(), TIME_CHECK_MS);
  }

  /** What is shown: the messages by their elements. */
  get list() {
    return this.#list;
  }

  /** Shows what this person has changed, see `MessageList.putChanges`, without moving what is read. */
  showChanges(changes) {
    this.#change(() => this.#list.putChanges(changes));
  }

  #listen() {
    const chat = this.#chat;
    chat.on("joined", () => this.#change(() => this.#presence.noteJoined(chat.user)));
    chat.on("joined", () => this.#top.check());
    chat.on("reset", ({ messages, more }) => {
      this.#longer = more;
      this.#list.markNew(null);
      this.#changeSilently(() => this.#showNewest({ messages, more }));
    });
    chat.on("history", (page) => this.#changeSilently(() => this.#prepend(page)));
    chat.on("message", ({ message }) => this.#change(() => this.#showMessage(message)));
    chat.on("presence", (event) => this.#change(() => this.#showPresence(event)));
    chat.on("renamed", ({ user }) => this.#changeSilently(() => this.#list.renameAuthor(user)));
    chat.on("outbox", ({ entries }) => this.#change(() => this.#showOutbox(entries)));
    chat.on("room", () => this.#showEnds());
    for (const type of ["welcome", "site"]) chat.on(type, () => this.#showEnds());
  }

  /** Shows the newest messages, and nothing else. */
  #showNewest({ messages, more }) {
    this.#list.clear();
    this.#presence.endLine();
    this.#extent.startWith({ messages, more });
    messages.forEach((message) => this.#list.putMessage(message));
    this.#scroll.toEnd();
    this.#top.check();
    this.#bottom.check();
  }

  /** Shows older messages: those that the library holds, else a page from the server. */
  async #loadOlder() {
    if (!this.#extent.more) return false;
    const held = this.#held.filter(({ seq }) => seq < this.#extent.floor).slice(-PAGE);
    if (held.length > 0) {
      this.#changeSilently(() => this.#prepend({ messages: held, more: true }));
    } else if (!(await this.#chat.history()).more) {
      this.#extent.growUp({ messages: [], more: false });
    }
    this.#showEnds();
    return this.#extent.more;
  }

  #prepend(page) {
    this.#extent.growUp(page);
    this.#putShown(page.messages);
  }

  /** Shows the next newer messages. Those that the library dropped are loaded backwards. */
  async #loadNewer() {
    if (this.#extent.isAtNewest) return false;
    const next = this.#held.filter(({ seq }) => seq > this.#extent.ceiling).slice(0, PAGE);
    const isMissing = next.length === 0 || next[0].seq > this.#extent.ceiling + 1;
    if (isMissing && (await this.#chat.history()).more) return true;
    this.#changeSilently(() => this.#append(next));
    return true;
  }

  #append(messages) {
    this.#extent.growDown(messages);
    this.#putShown(messages);
  }

  /** The messages that the library holds, ascending. */
  get #held() {
    return this.#chat.snapshot().messages;
  }

  #putShown(messages) {
    const shown = messages.filter((message) => this.#extent.includes(message));
    shown.forEach((message) => this.#list.putMessage(message));
  }

  #showMessage(message) {
    const fresh = this.#extent.noteMessage(message);
    if (this.#extent.includes(message)) this.#list.putMessage(message, { fresh });
    if (!fresh) return;
    this.#presence.endLine();
    this.#unread.setReading(this.#isReading);
    if (message.author.id === this.#chat.user?.id) this.#list.markNew(null);
    else if (this.#unread.countMessage()) this.#list.markNew(message.seq);
  }

  /** Presence belongs after the newest message, so it is shown only where that is. */
  #showPresence(event) {
    if (this.#extent.isAtNewest) this.#presence.addPresence(event);
  }

  #showOutbox(entries) {
    if (this.#list.putOutbox(entries)) this.#scrollToEnd();
  }

  /** Moves the focus to the box, since the button vanishes at the end. */
  #jump() {
    this.#box.focus({ preventScroll: true });
    this.#scrollToEnd();
  }

  #scrollToEnd() {
    if (this.#extent.isAtNewest) return this.#scroll.toEnd();
    const messages = this.#held.slice(-PAGE);
    this.#changeSilently(() => this.#showNewest({ messages, more: true }));
  }

  /**
   * True while the person reads the end. A visible window beside the one that has the focus may
   * be in view, but nobody is known to look at it.
   */
  get #isReading() {
    return this.#scroll.atEnd && document.visibilityState === "visible" && document.hasFocus();
  }

  #updateReading() {
    this.#unread.setReading(this.#isReading);
    this.#followTime();
    this.#showEnds();
  }

  /** Follows midnight, and the zone of the computer: a page stays open over journeys. */
  #followTime() {
    if (followZone()) this.#changeSilently(() => this.#list.arrangeDays());
    this.#list.nameDays();
  }

  #change(apply) {
    this.#scroll.keepInPlace(() => {
      apply();
      this.#extent.cut(this.#list.trim(this.#scroll.anchorElement, MEASURE));
    });
    this.#showEnds();
  }

  /** Changes the stream without a screen reader, which reads new messages, but not history. */
  #changeSilently(apply) {
    this.#box.ariaLive = "off";
    this.#change(apply);
    requestAnimationFrame(() => setTimeout(() => (this.#box.ariaLive = "polite")));
  }

  #showEnds() {
    const { more } = this.#extent;
    const isEmpty = this.#list.isEmpty;
    const { info, mayWrite } = this.#standing;
    showBeginning({ info, more, longer: this.#longer, isEmpty, isReadOnly: !mayWrite });
    showJump({ atEnd: this.#scroll.atEnd, unread: this.#unread.count });
  }
}
