import { isolatedName } from "../logic/direction.js";
import { isAboutName } from "../logic/gate.js";
import { elsewhere, entriesOf, neighbourOf } from "../logic/roomlist.js";
import { roomPath } from "../logic/roompath.js";
import { part } from "../parts/dom.js";
import { closeDialogs } from "../parts/overlays.js";
import { showToast } from "../parts/toast.js";
import { Api } from "./api.js";
import { mountRoomKeys } from "./keys.js";
import { openReturning } from "./leaving.js";
import { openMaking } from "./making.js";
import { mountMembers } from "./members.js";
import { mountRoomMenu } from "./menu.js";
import { PersonMenu } from "./personmenu.js";
import { Navigation } from "./switching.js";
import { RoomsPanel, isOpenPopover } from "./panel.js";
import { Reading } from "./reading.js";
import { showSigns } from "./signs.js";
import { loadStyles } from "./styles.js";
import { watchSwipes } from "./swipes.js";
import { Switcher } from "./switcher.js";
import { Waiting } from "./waiting.js";
import { translate } from "./words.js";

/**
 * The rooms of this person as one application: their list, going from one to another, and what is
 * unread. Who has one room, and may see no others, gets no list; but a menu, where they belong to it.
 */
export class Application {
  #page;
  #navigator;
  #api;
  #panel = null;
  #switcher = null;
  #hasMenu = false;
  #revealed = "";
  #isWaiting = false;

  /** @param {{chat: Chat, views: Views, visited: Visited, signedIn: boolean, seat: object, title: object}} page */
  constructor(page) {
    const { chat, views, seat, signedIn } = page;
    this.#page = page;
    this.#api = new Api({ storage: seat.storage, signedIn });
    this.#navigator = new Navigation(views, {
      entryOf: (slug) => this.#entryOf(slug),
      slugOf: (address) => this.#slugOf(address),
      onLeft: (room) => this.#offerReturn(room),
      onMoved: () => this.#panel?.close(),
    });
    new Reading(page);
    for (const type of ["shown", "info", "unread"]) views.on(type, () => this.#update());
    for (const type of ["welcome", "site", "state", "rooms"]) chat.on(type, () => this.#update());
    chat.watch().catch(() => {});
    this.#update();
  }

  /**
   * Whether the visit of this person has ended, as where they have signed out on another page. Who sits
   * at a shared computer after them is not to see their rooms.
   */
  get #isOver() {
    const { chat, signedIn } = this.#page;
    const { state, user } = chat;
    const isStopped = state.name === "stopped" && !isAboutName(state);
    return isStopped || (signedIn && user?.kind === "guest");
  }

  get #entries() {
    if (this.#isOver) return [];
    const { chat, views, visited, signedIn } = this.#page;
    const open = [...views].filter(({ isEnded }) => !isEnded).map(openRoom);
    return entriesOf({ listed: chat.list, visited: signedIn ? [] : visited.all, open, me: chat.user?.id });
  }

  /** Returns the entry of a room in the list, undefined for any other. */
  #entryOf(slug) {
    return this.#entries.find((entry) => entry.slug === slug);
  }

  /**
   * Resolves with the slug that a room has now: a visit may have been under a former one. Resolves with
   * null for a room that is not there for this person.
   */
  async #slugOf(address) {
    if (this.#page.chat.list.some(({ room }) => room.slug === address)) return address;
    try {
      return (await this.#api.fetch(`rooms/${encodeURIComponent(address)}`, "slug")).slug;
    } catch ({ code }) {
      return code === "not_found" ? null : address;
    }
  }

  /** Once for all that changes in one moment. */
  #update() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    queueMicrotask(() => {
      this.#isWaiting = false;
      this.#show();
    });
  }

  async #show() {
    const entries = this.#entries;
    const { chat, views, signedIn, title } = this.#page;
    const { slug, info } = views.shown;
    const isListed = signedIn || entries.length > 1 || this.#panel !== null;
    if (isListed || info?.my) await this.#mountMenu();
    if (!isListed) return;
    if (!this.#panel) await this.#mountPanel();
    this.#hide(this.#isOver);
    this.#panel.show(entries, slug);
    if (slug !== this.#revealed && this.#entryOf(slug)) {
      this.#revealed = slug;
      this.#panel.reveal(slug);
    }
    this.#panel.showSite(title.siteName());
    if (chat.user) this.#panel.showMe(chat.user, part("connection-words").hidden ? "" : part("connection-words").textContent);
    for (const view of views) view.chat.name = this.#entryOf(view.slug)?.name ?? view.chat.name;
    const others = elsewhere(entries, slug);
    title.showElsewhere(others);
    showSigns(others, entries.find((entry) => entry.slug === slug));
  }

  /** What is open speaks of rooms too, and can do nothing any more. */
  #hide(isHidden) {
    if (isHidden && !this.#panel.isHidden) closeDialogs();
    this.#panel.isHidden = isHidden;
  }

  async #mountMenu() {
    await loadStyles();
    if (this.#hasMenu) return;
    this.#hasMenu = true;
    const { chat, views } = this.#page;
    mountMembers({ api: this.#api, chat, views });
    mountRoomMenu({ chat, views, api: this.#api, onGone: (view, way) => this.#goFrom(view, way) });
  }

  async #mountPanel() {
    await loadStyles();
    if (this.#panel) return;
    const { chat, views, signedIn } = this.#page;
    const open = () => this.#isOver || this.#switcher.open();
    const onWrite = (user, before) => this.#write(user, before);
    this.#panel = new RoomsPanel({
      first: signedIn ? [this.#waiting()] : [],
      onSearch: open,
      onNew: (button) => this.#make(button),
    });
    this.#switcher = new Switcher({
      entries: () => this.#entries,
      recent: () => this.#page.visited.all.map(({ id }) => id).filter((id) => id !== views.shown.info?.id),
      onChoose: (entry) => this.#navigator.go(entry),
      onWrite,
    }, signedIn ? chat : null);
    if (signedIn) new PersonMenu({ chat, views, onWrite });
    mountRoomKeys({
      onSwitch: open,
      onStep: (step, isUnread) => this.#step(step, isUnread),
    });
    watchSwipes((side) => this.#swiped(side));
  }

  #make(button) {
    const isGuest = !this.#page.signedIn;
    const openers = [button, part("menu-button")];
    openMaking({ api: this.#api, isGuest, openers, onMade: (room) => this.#navigator.go(room) });
  }

  /** Shows another room in the place of one that this person has left, hidden or deleted. */
  async #goFrom(view, way) {
    const { views, visited } = this.#page;
    const { slugs, name, info } = view;
    for (const slug of slugs) visited.forget(slug);
    if (way !== "hide") this.#navigator.noteLeft({ slugs, name, kind: info.kind, isDeleted: way === "delete" });
    const next = this.#entries.find(({ slug }) => !view.slugs.has(slug));
    if (!next) return location.assign("/");
    if (view.isShown) {
      history.replaceState(null, "", roomPath(next.slug));
      await this.#navigator.go(next, { isNew: false });
    }
    views.remove(view);
    if (way === "leave") showToast(translate("youLeft", { room: isolatedName(name) }));
    if (way === "delete") showToast(translate("roomDeleted"));
  }

  /** Says that one is no longer in a room to which one goes back; all may come again to a public one. */
  #offerReturn({ slugs: [slug], name, kind, isDeleted }) {
    if (isDeleted) return showToast(translate("roomDeleted"));
    if (kind !== "public") return showToast(translate("roomLeft"));
    openReturning({ name, openers: [part("composer-text")], onReturn: () => this.#navigator.go({ slug, name }) });
  }

  #waiting() {
    const { chat, views } = this.#page;
    const nameOf = (slug) => this.#entryOf(slug)?.name;
    return new Waiting({ api: this.#api, chat, views, nameOf, opener: part("menu-button") }).element;
  }

  /** Goes to the direct room with somebody; what was open is closed by `before`. */
  async #write(user, before) {
    const { id, slug } = await this.#page.chat.direct(user);
    before();
    this.#navigator.go({ id, slug, name: user.name });
  }

  #step(step, isUnread) {
    const entry = neighbourOf(this.#entries, this.#page.views.shown.slug, step, { isUnread });
    if (!entry) return;
    this.#navigator.go(entry);
  }

  /** A finger that moves to the end brings the rooms, or takes the people away. */
  #swiped(side) {
    if (document.querySelector("dialog[open]")) return;
    const people = part("people-panel");
    if (side === "end" && isOpenPopover(people)) part("people-close").click();
    else if (side === "end") this.#panel.open();
    else if (this.#panel.isOpen) this.#panel.close();
    else if (part("people-button").offsetParent && !isOpenPopover(people)) part("people-button").click();
  }
}

function openRoom({ id, slug, name, unread, isRead }) {
  return { id, slug, name, isRead, unread: unread.count, mentions: unread.mentions };
}
