import { findEntries } from "../logic/roomlist.js";
import { build, lockSign } from "./build.js";
import { PeopleSearch, wordsOf } from "./peoplesearch.js";
import { translate } from "./words.js";

const SHOWN_AT_MOST = 8;
const PEOPLE_AT_MOST = 5;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** The dialog in which a few letters find a room, or a person: a field, and a list that it controls. */
export class Switcher {
  #dialog;
  #field;
  #list;
  #none;
  #search;
  #rooms;
  #found = [];
  #people = [];
  #shown = [];
  #index = 0;

  /**
   * @param {{entries: () => Entry[], recent: () => string[], onChoose: (entry: Entry) => void,
   *   onWrite: (user: User, before: () => void) => Promise<void>}} rooms `onWrite` goes to the direct
   *   room with somebody, once `before` was called
   * @param {Chat | null} chat which finds people; null where this person may write to nobody
   */
  constructor(rooms, chat) {
    this.#rooms = rooms;
    this.#search = chat && new PeopleSearch(chat, (found) => this.#foundPeople(found));
    const words = chat ? translate("switchRoomOrPerson") : translate("switchRoom");
    this.#field = build("input", {
      type: "search", autocomplete: "off", placeholder: words, "aria-label": words, role: "combobox",
      "aria-expanded": "true", "aria-controls": "switcher-list", "aria-autocomplete": "list",
    });
    this.#list = build("ul", { id: "switcher-list", role: "listbox", "aria-label": words });
    this.#none = build("p", { class: "switcher-none", role: "status", textContent: "" });
    const box = build("div", { class: "switcher-box" }, this.#field, this.#list, this.#none);
    this.#dialog = build("dialog", { class: "switcher", "aria-label": words }, box);
    this.#field.addEventListener("input", () => this.#find());
    this.#dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.#dialog.addEventListener("click", ({ target }) => this.#clicked(target));
    document.body.append(this.#dialog);
  }

  open() {
    if (this.#dialog.open) return this.#dialog.close();
    this.#field.value = "";
    this.#find();
    this.#dialog.showModal();
  }

  #find() {
    const { entries, recent } = this.#rooms;
    this.#found = findEntries(entries(), this.#field.value, recent()).slice(0, SHOWN_AT_MOST);
    this.#people = [];
    this.#search?.find(this.#field.value);
    this.#show(0);
  }

  /** Those with whom one writes already are among the rooms. */
  #foundPeople({ people, error }) {
    const known = new Set(this.#found.flatMap((entry) => (entry.people.length === 1 ? entry.people : [])));
    const others = people.filter(({ id }) => !known.has(id)).slice(0, PEOPLE_AT_MOST);
    this.#people = others.map((user) => ({ name: user.name, user }));
    this.#show(this.#index);
    if (error) this.#none.textContent = wordsOf(error);
  }

  #show(index) {
    this.#shown = [...this.#found, ...this.#people];
    const isEmpty = this.#shown.length === 0;
    this.#list.replaceChildren(...this.#shown.map(optionOf));
    this.#none.textContent = isEmpty && !this.#search?.isSeeking ? translate("nothingFound") : "";
    this.#list.hidden = isEmpty;
    this.#choose(index);
  }

  #choose(index) {
    const count = this.#shown.length;
    if (count === 0) return this.#field.removeAttribute("aria-activedescendant");
    this.#index = (index + count) % count;
    [...this.#list.children].forEach((option, place) => (option.ariaSelected = String(place === this.#index)));
    this.#field.setAttribute("aria-activedescendant", `switcher-${this.#index}`);
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (event.key in STEPS) this.#choose(this.#index + STEPS[event.key]);
    else if (event.key === "Enter") this.#take(this.#index);
    // A field for a search would only be emptied.
    else if (event.key === "Escape") this.#dialog.close();
    else return;
    event.preventDefault();
  }

  #clicked(target) {
    const option = target.closest("[role=option]");
    if (option) this.#take([...this.#list.children].indexOf(option));
    else if (target === this.#dialog) this.#dialog.close();
  }

  #take(index) {
    const entry = this.#shown[index];
    if (!entry) return;
    if (entry.user) return this.#write(entry.user);
    this.#dialog.close();
    this.#rooms.onChoose(entry);
  }

  async #write(user) {
    try {
      await this.#rooms.onWrite(user, () => this.#dialog.close());
    } catch (error) {
      this.#none.textContent = wordsOf(error);
    }
  }
}

function optionOf({ name, hasPassword = false, isUnread = false, mentions = 0, user }, index) {
  const option = build("li", { role: "option", id: `switcher-${index}`, class: "switcher-option" });
  const label = build("span", { class: "name-like", textContent: name });
  const count = build("span", { class: "rooms-item-count", textContent: mentions > 0 ? String(mentions) : "" });
  const note = build("span", { class: "switcher-note", textContent: translate("directMessage") });
  option.classList.toggle("unread", isUnread);
  option.append(label, ...(hasPassword ? [lockSign(translate("asksForPassword"))] : []), user ? note : count);
  return option;
}
