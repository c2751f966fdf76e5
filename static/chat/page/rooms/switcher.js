import { findEntries } from "../logic/roomlist.js";
import { translate } from "../laterwords.js";
import { build } from "./build.js";

const SHOWN_AT_MOST = 8;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** The dialog in which a few letters find a room: a field, and a list that it controls. */
export class Switcher {
  #dialog;
  #field;
  #list;
  #none;
  #entries = () => [];
  #recent = () => [];
  #onChoose;
  #shown = [];
  #index = 0;

  /** @param {{entries: () => Entry[], recent: () => string[], onChoose: (entry: Entry) => void}} rooms */
  constructor({ entries, recent, onChoose }) {
    this.#entries = entries;
    this.#recent = recent;
    this.#onChoose = onChoose;
    const words = translate("switchRoom");
    this.#field = build("input", {
      type: "search", autocomplete: "off", placeholder: words, "aria-label": words, role: "combobox",
      "aria-expanded": "true", "aria-controls": "switcher-list", "aria-autocomplete": "list",
    });
    this.#list = build("ul", { id: "switcher-list", role: "listbox", "aria-label": translate("rooms") });
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
    this.#shown = findEntries(this.#entries(), this.#field.value, this.#recent()).slice(0, SHOWN_AT_MOST);
    this.#list.replaceChildren(...this.#shown.map(optionOf));
    this.#none.textContent = this.#shown.length === 0 ? translate("nothingFound") : "";
    this.#list.hidden = this.#shown.length === 0;
    this.#choose(0);
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
    this.#dialog.close();
    this.#onChoose(entry);
  }
}

function optionOf({ name, isUnread, mentions }, index) {
  const option = build("li", { role: "option", id: `switcher-${index}`, class: "switcher-option" });
  const label = build("span", { class: "name-like", textContent: name });
  const count = build("span", { class: "rooms-item-count", textContent: mentions > 0 ? String(mentions) : "" });
  option.classList.toggle("unread", isUnread);
  option.append(label, count);
  return option;
}
