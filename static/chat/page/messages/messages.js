import { Extent } from "../logic/extent.js";
import { followZone } from "../logic/times.js";
import { isMentioned } from "../logic/unread.js";
import { DayNames } from "./days.js";
import { Edge } from "./edge.js";
import { showBeginning, showJump } from "./ends.js";
import { MessageList } from "./list.js";
import { Pages } from "./pages.js";
import { PresenceLines } from "./presence.js";
import { Scroll } from "./scroll.js";

// Several screens in both directions, however far one scrolls and however long the page is open.
const MEASURE = { keep: 600, limit: 700 };
const TIME_CHECK_MS = 2_000;

/** The stream of messages: what it shows, where it is scrolled to, and what is unread. */
export class Messages {
  #view;
  #chat;
  #unread;
  #standing;
  #box;
  #list;
  #presence;
  #scroll;
  #extent = new Extent();
  #pages;
  // Another object with each jump: a page that was asked for before it belongs nowhere.
  #window = {};
  #top;
  #bottom;
  #longer = false;
  #changesBeside = () => [];

  /** @param {RoomView} view with its `unread` and `standing` */
  constructor(view) {
    const { chat, part, unread, standing, signal } = view;
    this.#view = view;
    this.#chat = chat;
    this.#unread = unread;
    this.#standing = standing;
    this.#box = part("scroller");
    this.#pages = new Pages(chat);
    this.#list = new MessageList(part("stream"), chat);
    this.#presence = new PresenceLines(this.#list);
    const dayNames = new DayNames(this.#box);
    this.#scroll = new Scroll(this.#box, part("stream"), {
      onEnd: () => this.updateReading(),
      onScroll: () => dayNames.reveal(),
      isWhole: () => this.#extent.isAtNewest,
    });
    this.#top = new Edge(this.#box, part("top"), () => this.#loadOlder());
    this.#bottom = new Edge(this.#box, part("bottom"), () => this.#loadNewer());
    this.#listen();
    part("jump").addEventListener("click", () => this.#jump());
    document.addEventListener("visibilitychange", () => this.updateReading(), { signal });
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => this.updateReading(), { signal });
    const timer = setInterval(() => this.#followTime(), TIME_CHECK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** What is shown: the messages by their elements. */
  get list() {
    return this.#list;
  }

  /** Shows it again where it was; from the line above what is new where that is above, or one was at the end. */
  onShown() {
    const newLine = this.#unread.count > 0 ? this.#list.newLine : null;
    this.#scroll.resume();
    if (newLine && (this.#scroll.atEnd || this.#scroll.isAbove(newLine))) this.#scroll.toMiddle(newLine);
    this.updateReading();
  }

  /**
   * Counts what is new after a message, up to which this person has read, on whatever device, and
   * shows where it begins. Returns whether that is above the messages that are there.
   */
  noteStopped(seq) {
    const { messages, more } = this.#chat.snapshot();
    const me = this.#chat.user.id;
    const later = messages.filter((each) => each.seq > seq && each.author.id !== me);
    if (later.length === 0) return false;
    this.showStopped(seq);
    if (this.isReading) return false;
    for (const message of later) this.#unread.countMessage(isMentioned(message, me));
    const above = more ? messages[0].seq - seq - 1 : 0;
    this.#unread.countMessage(false, above);
    return above > 0;
  }

  /** Shows the first message of others after this one, below the line above what is new. */
  showStopped(seq) {
    this.#changeSilently(() => this.#list.markNewAfter(seq));
    if (this.#list.newLine) this.#scroll.toMiddle(this.#list.newLine);
  }

  /** Counts nothing up to a message any more: it was read on another device. */
  readElsewhere(seq) {
    if (seq >= this.#extent.newest) this.#unread.clear();
    this.#showEnds();
  }

  /** Goes to the newest message, and takes the line above what was new away. */
  markAsRead() {
    this.#scrollToEnd();
    this.#change(() => this.#list.markNew(null));
    this.#unread.clear();
    this.updateReading();
  }

  /** Stays as it is while another room is shown. */
  onParked() {
    this.#scroll.pause();
    this.updateReading();
  }

  /** Adds changes to those that the library knows of: what `source()` returns at each `showChanges`. */
  addChanges(source) {
    this.#changesBeside = source;
  }

  /** Shows what this person has changed, see `MessageList.putChanges`, without moving what is read. */
  showChanges() {
    const changes = [...this.#chat.snapshot().changes, ...this.#changesBeside()];
    this.#change(() => this.#list.putChanges(changes));
  }

  #listen() {
    const chat = this.#chat;
    chat.on("joined", () => this.#change(() => this.#presence.noteJoined(chat.user)));
    chat.on("joined", () => this.#top.check());
    chat.on("reset", (page) => {
      const stopped = this.#view.lastRead;
      this.#longer = page.more;
      this.#list.markNew(null);
      this.#changeSilently(() => this.#showNewest(page));
      if (stopped === 0) return;
      // So much was missed that not all of it came.
      this.#unread.clear();
      this.#view.goToStopped(stopped);
    });
    chat.on("message", (event) => this.#change(() => this.#showMessage(event)));
    chat.on("presence", (event) => this.#change(() => this.#showPresence(event)));
    chat.on("renamed", ({ user }) => this.#changeSilently(() => this.#list.renameAuthor(user)));
    chat.on("outbox", ({ entries }) => this.#change(() => this.#showOutbox(entries)));
    chat.on("outbox", () => this.showChanges());
    chat.on("room", () => this.#showEnds());
    for (const type of ["welcome", "site"]) chat.on(type, () => this.#showEnds());
  }

  /** Shows the newest messages, and nothing else. */
  #showNewest(page) {
    this.#replace({ ...page, newer: false });
    this.#scroll.toEnd();
  }

  /**
   * Shows the message with this seq in the middle; where it is not on the page, from the page of the
   * log around it, which is loaded unless it is `known`. Returns false where there is no such message.
   */
  async show(seq, known) {
    if (!this.#list.elementOf(seq)) {
      const window = (this.#window = {});
      const page = known ?? (await this.#pages.around(seq));
      if (window !== this.#window) return true;
      if (!page.messages.some((each) => each.seq === seq)) return false;
      this.#changeSilently(() => this.#replace(page));
    }
    this.#scroll.toMiddle(this.#list.elementOf(seq));
    return true;
  }

  /** Shows these messages, and nothing else. */
  #replace({ messages, more, newer, refs }) {
    this.#window = {};
    this.#list.clear();
    this.#presence.endLine();
    this.#extent.startWith({ messages, more, newer });
    this.#list.noteOriginals(refs);
    messages.forEach((message) => this.#list.putMessage(message));
    this.#top.check();
    this.#bottom.check();
  }

  async #loadOlder() {
    if (!this.#extent.more) return false;
    await this.#load(this.#pages.before(this.#extent.floor), (page) => this.#extent.growUp(page));
    this.#showEnds();
    return this.#extent.more;
  }

  async #loadNewer() {
    if (this.#extent.isAtNewest) return false;
    await this.#load(this.#pages.after(this.#extent.ceiling), ({ messages }) => {
      this.#extent.growDown(messages);
    });
    return true;
  }

  async #load(loading, grow) {
    const window = this.#window;
    const page = await loading;
    if (window !== this.#window) return;
    this.#changeSilently(() => {
      grow(page);
      this.#list.noteOriginals(page.refs);
      const shown = page.messages.filter((message) => this.#extent.includes(message));
      shown.forEach((message) => this.#list.putMessage(message));
    });
  }

  #showMessage({ message, refs }) {
    this.#list.noteOriginals(refs);
    this.#list.noteChange(message);
    const fresh = this.#extent.noteMessage(message);
    if (this.#extent.includes(message)) this.#list.putMessage(message, { fresh });
    if (!fresh) return;
    this.#presence.endLine();
    this.#noteReading();
    if (message.author.id === this.#chat.user?.id) this.#list.markNew(null);
    else if (this.#unread.countMessage(isMentioned(message, this.#chat.user?.id))) this.#list.markNew(message.seq);
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
    this.#changeSilently(() => this.#showNewest(this.#pages.newest()));
  }

  /**
   * True while the person reads the end. A visible window beside the one that has the focus may
   * be in view, but nobody is known to look at it.
   */
  get isReading() {
    return this.#view.isShown && this.#scroll.atEnd && document.visibilityState === "visible" && document.hasFocus();
  }

  #noteReading() {
    this.#unread.setReading(this.isReading);
    if (this.isReading) this.#view.noteRead(this.#extent.newest);
  }

  /** Notes whether the newest messages are read now. */
  updateReading() {
    this.#noteReading();
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
    showBeginning(this.#view.part, { info, more, longer: this.#longer, isEmpty, isReadOnly: !mayWrite });
    const { count: unread, mentions } = this.#unread;
    showJump(this.#view.part("jump"), { atEnd: this.#scroll.atEnd, unread, mentions });
  }
}
