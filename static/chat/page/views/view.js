import { mountGestures } from "../actions/gestures.js";
import { mountPermalinks } from "../actions/permalinks.js";
import { EditDrafts } from "../logic/editdrafts.js";
import { Standing } from "../logic/standing.js";
import { Unread } from "../logic/unread.js";
import { Messages } from "../messages/messages.js";
import { mountComposer } from "../parts/composer.js";
import { mountComposerStatus } from "../parts/composerstatus.js";
import { isTouch, partsOf } from "../parts/dom.js";
import { Drafts } from "../parts/drafts.js";
import { mountEmojiButton } from "../parts/emojibutton.js";
import { mountGate } from "../parts/gate.js";
import { Later } from "../parts/later.js";
import { keptIn } from "../parts/leaving.js";
import { mountOpening } from "../parts/opening.js";
import { Replying } from "../parts/replying.js";
import { RoomChat } from "./roomchat.js";

/**
 * One room on the page: its messages, its composer, and what was begun in them. It lives on while
 * another room is shown, and is shown again as it was.
 */
export class RoomView {
  root;
  part;
  chat;
  /** The room's id; null or undefined until it is known. */
  id;
  name;
  info = null;
  people = { members: [], count: 0 };
  slugs;
  lastRead = 0;
  isShown = false;
  isEnded = false;
  #ending = new AbortController();
  #gate;
  #isAllKept;
  #onChange;

  /**
   * @param {object} application what all rooms have in common: `chat`, `page`, `seat`, `local` storage,
   *   `signedIn`, `siteNow()`; `onChange(view, what)` is called when the "info" of the room, its
   *   "people" or what is "unread" in it is another, and when more was "read"
   * @param {{root: Element, address: string, slug?: string, id?: string, name: string, isNew?: boolean}} room
   */
  constructor({ chat, page, seat, local, signedIn, siteNow, onChange }, { root, address, slug = address, id, name, isNew }) {
    const { session } = seat.storage;
    const place = id ?? slug;
    this.root = root;
    this.part = partsOf(root);
    this.chat = new RoomChat(chat, address, siteNow, name);
    this.id = id;
    this.name = name;
    this.slugs = new Set([slug, address]);
    this.page = page;
    this.storage = local;
    this.#onChange = (what) => onChange(this, what);
    this.drafts = new Drafts(session, { id, slug, isNew });
    this.editDrafts = new EditDrafts(session, place);
    this.unread = new Unread(() => this.#onChange("unread"));
    this.standing = new Standing(this.chat);
    mountOpening(this);
    this.messages = new Messages(this);
    this.replying = new Replying(this, session, place);
    this.later = new Later(this);
    mountComposer(this, this.drafts, this.replying);
    mountGestures(this, this.later);
    mountPermalinks(this);
    mountComposerStatus(this);
    mountEmojiButton(this, this.later);
    this.#gate = mountGate(this, { storage: seat.storage, signedIn });
    this.#isAllKept = keptIn(this, seat);
    this.#listen();
  }

  /** Ends what listens to more than the room, when the view does. */
  get signal() {
    return this.#ending.signal;
  }

  get slug() {
    return this.chat.slug;
  }

  /** Whether nothing is lost with the view: see `keptIn`. */
  get isAllKept() {
    return this.#isAllKept();
  }

  /** Whether nothing waits to be sent. */
  get isIdle() {
    const { outbox, changes } = this.chat.snapshot();
    return outbox.length === 0 && changes.length === 0;
  }

  /** Whether this person reads the newest messages now. */
  get isRead() {
    return this.messages.isReading;
  }

  /** Notes that this person has read the room up to a message. */
  noteRead(seq) {
    if (seq <= this.lastRead) return;
    this.lastRead = seq;
    this.#onChange("read");
  }

  /** This person has read up to a message on another device. */
  readElsewhere(seq) {
    this.lastRead = Math.max(this.lastRead, seq);
    this.messages.readElsewhere(seq);
  }

  /** Goes to where this person has stopped reading, after the message with this seq. */
  goToStopped(seq) {
    if (this.messages.noteStopped(seq)) this.later.use(({ goToStopped }) => goToStopped(this, seq));
  }

  /** Takes all that is there for read. */
  markAsRead() {
    this.messages.markAsRead();
  }

  show() {
    this.isShown = true;
    this.root.classList.remove("parked");
    this.messages.onShown();
    if (!isTouch()) this.part("composer-text").focus({ preventScroll: true });
  }

  park() {
    this.isShown = false;
    this.root.classList.add("parked");
    this.messages.onParked();
  }

  /** Shows why this person may not join, or stay. */
  refuse(error) {
    this.#gate.refuse(error);
  }

  setEnded(isEnded) {
    if (isEnded === this.isEnded) return;
    this.isEnded = isEnded;
    this.root.classList.toggle("ended", isEnded);
    this.#onChange("info");
  }

  /** Leaves the room, and takes it off the page. */
  end() {
    this.#ending.abort();
    this.chat.end();
    this.root.remove();
  }

  #listen() {
    const { chat } = this;
    const noteInfo = ({ info }) => {
      this.info = info;
      this.id = info.id;
      this.slugs.add(info.slug);
      this.name = info.name;
      this.#onChange("info");
    };
    const notePeople = ({ members, count }) => {
      this.people = { members, count };
      this.#onChange("people");
    };
    for (const type of ["joined", "room"]) chat.on(type, noteInfo);
    const stop = chat.on("joined", ({ info }) => {
      stop();
      if (info.my) this.goToStopped(info.my.last_read);
      this.messages.updateReading();
    });
    for (const type of ["joined", "presence"]) chat.on(type, notePeople);
  }
}
