import { roomPath } from "../logic/roompath.js";
import { part } from "../parts/dom.js";
import { build, iconButton, iconOf, lockSign } from "./build.js";
import { translate } from "./words.js";

/** The list of rooms at the left of the page, or, where there is no room for it, over it. */
export class RoomsPanel {
  #panel;
  #lists;
  #site = build("a", { class: ["rooms-site", "name-like"], href: "/" });
  #me = build("button", { class: "rooms-me", type: "button" });
  #button = iconButton("rooms", translate("rooms"), "rooms-button");
  #close = iconButton("close", translate("close"), "rooms-close");
  #items = new Map();

  /**
   * @param {{first: Element[], onSearch: () => void, onNew: (button: Element) => void}} parts `first` is above
   *   the rooms, `onSearch` opens the switcher, and `onNew` asks for a new room
   */
  constructor({ first, onSearch, onNew }) {
    const search = build("button", { class: "rooms-search", type: "button" }, iconOf("search"), translate("switchRoom"));
    this.#lists = [listOf("rooms"), listOf("directMessages")];
    const [rooms, direct] = this.#lists.map(({ section }) => section);
    const add = build("button", { class: "rooms-new", type: "button" }, iconOf("add"), translate("newRoom"));
    const middle = build("div", { class: "rooms-lists" }, ...first, rooms, add, direct);
    const head = build("div", { class: "rooms-head" }, this.#site, this.#close);
    this.#panel = build(
      "nav", { class: "rooms-panel", id: "rooms", popover: "auto", "aria-label": translate("rooms") },
      head, search, middle, this.#me,
    );
    search.addEventListener("click", onSearch);
    add.addEventListener("click", () => onNew(add));
    this.#panel.addEventListener("click", ({ target }) => target.closest("a") && this.close());
    this.#me.setAttribute("popovertarget", "menu");
    this.#me.addEventListener("click", () => part("menu").classList.add("beside-rooms"));
    part("menu-button").addEventListener("click", () => part("menu").classList.remove("beside-rooms"));
    this.#close.setAttribute("popovertarget", "rooms");
    this.#close.setAttribute("popovertargetaction", "hide");
    document.querySelector(".header").before(this.#panel);
    this.#showButton();
    this.isHidden = false;
  }

  /** @param {Entry[]} entries @param {string} shown the slug of the room that is shown */
  show(entries, shown) {
    const former = this.#items;
    this.#items = new Map();
    for (const [index, { section, list }] of this.#lists.entries()) {
      const own = entries.filter(({ isDirect }) => isDirect === (index === 1));
      section.hidden = own.length === 0;
      own.forEach((entry, place) => {
        const item = former.get(entry.slug) ?? itemOf(entry);
        former.delete(entry.slug);
        this.#items.set(entry.slug, item);
        showEntry(item, entry, entry.slug === shown);
        if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
      });
    }
    for (const item of former.values()) item.remove();
  }

  showSite(name) {
    this.#site.textContent = name;
  }

  /** Shows who one is, and the state of the connection. */
  showMe(user, words) {
    const name = build("span", { class: ["rooms-me-name", "name-like"], textContent: user.name });
    const state = build("span", { class: "rooms-me-state", textContent: words });
    this.#me.replaceChildren(name, ...(words ? [state] : []));
  }

  /** By its buttons, as the methods of popovers are not in all browsers. */
  open() {
    if (!this.isOpen) this.#button.click();
  }

  close() {
    if (this.isOpen) this.#close.click();
  }

  /** Moves a room's entry into view. */
  reveal(slug) {
    this.#items.get(slug)?.scrollIntoView({ block: "nearest" });
  }

  get isHidden() {
    return this.#panel.hidden;
  }

  /** Without it, the header has its link to the first page again. */
  set isHidden(isHidden) {
    this.#panel.hidden = this.#button.hidden = isHidden;
    document.body.classList.toggle("with-rooms", !isHidden);
  }

  /** Whether it is over the page. */
  get isOpen() {
    return isOpenPopover(this.#panel);
  }

  /** In the place of the link to the first page, which is in the list. */
  #showButton() {
    this.#button.setAttribute("popovertarget", "rooms");
    this.#button.append(build("span", { class: "rooms-dot", hidden: true, data: { part: "rooms-dot" } }));
    document.querySelector(".header-column").prepend(this.#button);
  }
}

/** Returns whether a popover is open; in browsers that have none, see parts/popovers.js. */
export function isOpenPopover(element) {
  const state = CSS.supports("selector(:popover-open)") ? ":popover-open" : ".open";
  return element.matches(state);
}

function listOf(key) {
  const list = build("ul", {});
  const title = build("h2", { id: `rooms-${key}`, textContent: translate(key) });
  const section = build("section", { "aria-labelledby": title.id }, title, list);
  return { section, list };
}

function itemOf({ slug }) {
  const name = build("span", { class: ["rooms-item-name", "name-like"], data: { part: "name" } });
  const count = build("span", { class: "rooms-item-count", data: { part: "count" } });
  const words = build("span", { class: "visually-hidden", data: { part: "words" } });
  return build("li", {}, build("a", { class: "rooms-item", href: roomPath(slug) }, name, lockSign(translate("asksForPassword")), count, words));
}

function showEntry(item, { slug, name, hasPassword, isUnread, mentions, isMuted }, isShown) {
  const link = item.firstElementChild;
  link.dataset.name = name;
  link.href = roomPath(slug);
  link.classList.toggle("unread", isUnread);
  link.classList.toggle("muted", isMuted);
  if (isShown) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
  setText(part("name", item), name);
  part("lock", item).hidden = !hasPassword;
  setText(part("count", item), mentions > 0 ? String(mentions) : "");
  setText(part("words", item), mentions > 0 ? translate("forYou") : isUnread ? translate("unread") : "");
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
