import { findEverybody, findPeople, shortcodeBefore, wordBefore } from "../logic/completion.js";
import { findEmoji } from "../logic/emoji.js";
import { isolated, part } from "./dom.js";
import { insertText } from "./emojibutton.js";
import { loadEmoji } from "./emojidata.js";

const SHOWN_AT_MOST = 6;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const TAKES = new Set(["Enter", "Tab"]);

/**
 * Completes names after "@" and shortcodes of emoji after ":" in the composer. The list is above it;
 * the focus stays in the text, and screen readers follow the chosen option.
 */
export class Completion {
  #chat;
  #field = part("composer-text");
  #list = part("completion");
  #word = null;
  #place = null;
  #options = [];
  #index = 0;
  #asked = 0;

  /** @param {Chat} chat with one room */
  constructor(chat) {
    this.#chat = chat;
    this.#field.addEventListener("input", () => this.#update());
    this.#field.addEventListener("click", () => this.#update());
    this.#field.addEventListener("blur", () => this.#close());
    document.addEventListener("selectionchange", () => this.#closeIfElsewhere());
    // Before the composer, for which Enter sends.
    this.#field.addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#take([...this.#list.children].indexOf(option));
    });
  }

  async #update() {
    const asked = (this.#asked += 1);
    const { value, selectionStart, selectionEnd } = this.#field;
    const place = { value, selectionStart, selectionEnd };
    const before = value.slice(0, selectionStart);
    const code = shortcodeBefore(before);
    const word = selectionStart === selectionEnd ? wordBefore(before) : null;
    if (!code && !word) return this.#close();
    const options = code ? await this.#emojiOf(code) : await this.#find(word);
    if (asked !== this.#asked) return;
    // While the emoji loaded, it may have been sent, or the caret moved.
    if (!this.#isAt(place)) return this.#close();
    this.#word = code ?? word;
    this.#place = place;
    if (code && options.length > 0) return this.#insert(options[0].text);
    this.#show(options);
  }

  /** Returns whether the field has the same text, and the caret in the same place, as then. */
  #isAt(place) {
    return Object.keys(place).every((key) => this.#field[key] === place[key]);
  }

  #closeIfElsewhere() {
    if (!this.#list.hidden && !this.#isAt(this.#place)) this.#close();
  }

  async #emojiOf({ code }) {
    const all = await loadEmoji();
    const found = all.find(({ shortcodes = [] }) => shortcodes.includes(code));
    return found ? [{ text: found.emoji }] : [];
  }

  async #find({ sign, letters }) {
    if (sign === "@") {
      const people = findPeople(this.#chat.snapshot(), letters, this.#chat.user?.id);
      const names = [...people.map(({ name }) => name), ...findEverybody(letters)];
      return names.map((name) => ({ text: `@${name} `, nodes: [isolated(name)] }));
    }
    const found = findEmoji(await loadEmoji(), letters).filter(({ shortcodes }) => shortcodes);
    return found.map(({ emoji, shortcodes }) => ({ text: `${emoji} `, nodes: [emoji, `:${shortcodes[0]}:`] }));
  }

  #show(options) {
    this.#options = options.slice(0, SHOWN_AT_MOST);
    if (this.#options.length === 0) return this.#close();
    this.#list.replaceChildren(...this.#options.map(optionElement));
    this.#list.hidden = false;
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#choose(0);
  }

  #choose(index) {
    this.#index = (index + this.#options.length) % this.#options.length;
    [...this.#list.children].forEach((option, at) => (option.ariaSelected = at === this.#index));
    this.#field.setAttribute("aria-activedescendant", this.#list.children[this.#index].id);
  }

  #pressed(event) {
    const { key, isComposing, shiftKey } = event;
    // The event of a caret that has moved may come after that of the next key.
    this.#closeIfElsewhere();
    if (this.#list.hidden || isComposing) return;
    if (key in STEPS) this.#choose(this.#index + STEPS[key]);
    else if (TAKES.has(key) && !shiftKey) this.#take(this.#index);
    else if (key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #take(index) {
    this.#closeIfElsewhere();
    if (this.#list.hidden) return;
    const { text } = this.#options[index];
    this.#close();
    this.#insert(text);
  }

  #insert(text) {
    this.#field.setSelectionRange(this.#word.start, this.#field.selectionStart);
    insertText(this.#field, text);
  }

  #close() {
    this.#asked += 1;
    this.#list.hidden = true;
    this.#field.removeAttribute("aria-controls");
    this.#field.removeAttribute("aria-activedescendant");
  }
}

function optionElement({ nodes }, index) {
  const option = document.createElement("li");
  option.role = "option";
  option.id = `completion-${index}`;
  option.className = "completion-option";
  option.append(...nodes.flatMap((node) => [node, " "]));
  return option;
}
