import { elsewhere, entriesOf, neighbourOf } from "../logic/roomlist.js";
import { part } from "../parts/dom.js";
import { mountRoomKeys } from "./keys.js";
import { Navigation } from "./switching.js";
import { RoomsPanel, isOpenPopover } from "./panel.js";
import { Reading } from "./reading.js";
import { showSigns } from "./signs.js";
import { watchSwipes } from "./swipes.js";
import { Switcher } from "./switcher.js";

/**
 * The rooms of this person as one application: their list, going from one to another, and what is
 * unread. Who has one room, and may see no others, gets no list.
 */
export class Application {
  #page;
  #navigator;
  #panel = null;
  #switcher = null;
  #isWaiting = false;

  /** @param {{chat: Chat, views: Views, visited: Visited, signedIn: boolean, title: object}} page */
  constructor(page) {
    const { chat, views } = page;
    this.#page = page;
    this.#navigator = new Navigation(views, (slug) => this.#entries.some((entry) => entry.slug === slug));
    new Reading(page);
    for (const type of ["shown", "info", "unread"]) views.on(type, () => this.#update());
    for (const type of ["welcome", "site", "state", "rooms"]) chat.on(type, () => this.#update());
    chat.watch().catch(() => {});
    this.#update();
  }

  get #entries() {
    const { chat, views, visited, signedIn } = this.#page;
    const open = [...views].filter(({ isEnded }) => !isEnded).map(openRoom);
    return entriesOf({ listed: chat.list, visited: signedIn ? [] : visited.all, open, me: chat.user?.id });
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
    if (!signedIn && entries.length < 2) return;
    if (!this.#panel) await this.#mountPanel();
    const { slug } = views.shown;
    this.#panel.show(entries, slug);
    this.#panel.showSite(title.siteName());
    if (chat.user) this.#panel.showMe(chat.user, part("connection-words").hidden ? "" : part("connection-words").textContent);
    const others = elsewhere(entries, slug);
    title.showElsewhere(others);
    showSigns(others, entries.find((entry) => entry.slug === slug));
  }

  async #mountPanel() {
    await loadStyles();
    if (this.#panel) return;
    const { views } = this.#page;
    const open = () => this.#switcher.open();
    this.#panel = new RoomsPanel(open);
    this.#switcher = new Switcher({
      entries: () => this.#entries,
      recent: () => this.#page.visited.all.map(({ slug }) => slug).filter((slug) => slug !== views.shown.slug),
      onChoose: (entry) => this.#navigator.go(entry),
    });
    mountRoomKeys({
      onSwitch: open,
      onStep: (step, isUnread) => this.#step(step, isUnread),
      onEscape: () => views.shown.markAsRead(),
    });
    watchSwipes((side) => this.#swiped(side));
  }

  #step(step, isUnread) {
    const entry = neighbourOf(this.#entries, this.#page.views.shown.slug, step, { isUnread });
    if (!entry) return;
    this.#navigator.go(entry);
    this.#panel.reveal(entry.slug);
  }

  /** A finger that moves to the end brings the rooms, or takes the people away. */
  #swiped(side) {
    const people = part("people-panel");
    if (side === "end" && isOpenPopover(people)) part("people-close").click();
    else if (side === "end") this.#panel.open();
    else if (this.#panel.isOpen) this.#panel.close();
    else if (part("people-button").offsetParent && !isOpenPopover(people)) part("people-button").click();
  }
}

function openRoom({ slug, name, unread, isRead }) {
  return { slug, name, isRead, unread: unread.count, mentions: unread.mentions };
}

/** Resolves once the styles of the list are there; people who have one always get them at once. */
function loadStyles() {
  const address = part("rooms-shown").dataset.styles;
  if (!address) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  const loading = new Promise((resolve) => (link.onload = link.onerror = resolve));
  document.head.append(link);
  return loading;
}
