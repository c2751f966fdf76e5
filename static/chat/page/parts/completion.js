import { findEverybody, findPeople, shortcodeBefore, wordBefore } from "../logic/completion.js";
import { findEmoji } from "../logic/emoji.js";
import { clearField, insertPerson } from "./choosing.js";
import { isolated } from "./dom.js";
import { insertText } from "./emojibutton.js";
import { loadEmoji } from "./emojidata.js";
import { loadApplication } from "./later.js";

const COMPOSER = '[data-part="composer-text"]';
const FIELDS = `${COMPOSER}, [data-part="editor-text"]`;
const SHOWN_AT_MOST = 6;
// So far the list stays from the upper edge of the window.
const EDGE_PX = 12;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const TAKES = new Set(["Enter", "Tab"]);

/**
 * Completes names after "@" and shortcodes of emoji after ":" where one writes: in the composer, and
 * in a message that is edited; in the composer also what the menus offer after "/", which is done then.
 * The list is above it; the focus stays in the text, and screen readers follow the chosen option.
 */
export class Completion {
  #chat;
  #root;
  #field;
  #list;
  #word = null;
  #place = null;
  #options = [];
  #index = 0;
  #asked = 0;

  /** @param {RoomView} view */
  constructor({ chat, root, part, signal }) {
    this.#chat = chat;
    this.#root = root;
    this.#field = part("composer-text");
    this.#list = part("completion");
    this.#listen("input", ({ target }) => this.#update(target));
    this.#listen("click", ({ target }) => this.#update(target));
    this.#listen("focusout", () => this.#close());
    document.addEventListener("selectionchange", () => this.#closeIfElsewhere(), { signal });
    // Before the fields themselves, for which Enter sends.
    this.#listen("keydown", (event) => this.#pressed(event), { capture: true });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#take([...this.#list.children].indexOf(option));
    });
  }

  /** Listens to the fields; an editor is there only while a message is edited. */
  #listen(type, listener, options) {
    this.#root.addEventListener(type, (event) => event.target.matches?.(FIELDS) && listener(event), options);
  }

  async #update(field) {
    if (field !== this.#field) this.#close();
    this.#field = field;
    const asked = (this.#asked += 1);
    const { value, selectionStart, selectionEnd } = this.#field;
    const place = { value, selectionStart, selectionEnd };
    const before = value.slice(0, selectionStart);
    const code = shortcodeBefore(before);
    const word = selectionStart === selectionEnd ? wordBefore(before, value.slice(selectionEnd)) : null;
    if (!code && !word) return this.#close();
    const options = code ? await this.#emojiOf(code) : await this.#find(word);
    if (asked !== this.#asked) return;
    // While the emoji loaded, it may have been sent, or the caret moved.
    if (!this.#isAt(place)) return this.#close();
    this.#word = code ?? word;
    this.#place = place;
    if (code && options.length > 0) return this.#insert(options[0]);
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
    if (sign === "/") return this.#findCommands(letters);
    if (sign === "@") {
      const people = findPeople(this.#chat.snapshot(), letters, this.#chat.user?.id);
      const everybody = findEverybody(letters).map((word) => ({ text: `@${word} `, nodes: [isolated(word)] }));
      return [...people.map((user) => ({ user, nodes: [isolated(user.name)] })), ...everybody];
    }
    const found = findEmoji(await loadEmoji(), letters).filter(({ shortcodes }) => shortcodes);
    return found.map(({ emoji, shortcodes }) => ({ text: `${emoji} `, nodes: [emoji, `:${shortcodes[0]}:`] }));
  }

  async #findCommands(letters) {
    if (!this.#field.matches(COMPOSER)) return [];
    const module = await loadApplication().catch(() => null);
    return module?.findCommands(letters) ?? [];
  }

  #show(options) {
    this.#options = options.slice(0, SHOWN_AT_MOST);
    if (this.#options.length === 0) return this.#close();
    this.#list.replaceChildren(...this.#options.map((option, index) => optionElement(option, `${this.#list.id}-${index}`)));
    this.#list.hidden = false;
    this.#moveList();
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#choose(0);
  }

  /**
   * Puts the list beside the field, below it where there is no room above. Below the composer there is
   * none: over it the list is as high as it can be, and scrolls.
   */
  #moveList() {
    const form = this.#field.closest("form");
    if (this.#list.parentElement !== form) form.prepend(this.#list);
    const above = form.getBoundingClientRect().top;
    const top = form.closest(".scroller")?.getBoundingClientRect().top;
    this.#list.style.maxBlockSize = top === undefined ? `${above - EDGE_PX}px` : "";
    this.#list.classList.toggle("below", above - this.#list.offsetHeight < (top ?? -Infinity));
  }

  #choose(index) {
    this.#index = (index + this.#options.length) % this.#options.length;
    [...this.#list.children].forEach((option, at) => (option.ariaSelected = at === this.#index));
    const list = this.#list;
    const { id, offsetTop, offsetHeight } = list.children[this.#index];
    list.scrollTop = Math.min(offsetTop, Math.max(list.scrollTop, offsetTop + offsetHeight - list.clientHeight));
    this.#field.setAttribute("aria-activedescendant", id);
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
    this.#close();
    this.#insert(this.#options[index]);
  }

  #insert({ user, text, run }) {
    if (run) return this.#run(run);
    this.#field.setSelectionRange(this.#word.start, this.#field.selectionStart);
    if (user) insertPerson(this.#field, user);
    else insertText(this.#field, text);
  }

  #run(run) {
    clearField(this.#field);
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    run();
  }

  #close() {
    this.#asked += 1;
    this.#list.hidden = true;
    this.#field.removeAttribute("aria-controls");
    this.#field.removeAttribute("aria-activedescendant");
  }
}

function optionElement({ nodes }, id) {
  const option = document.createElement("li");
  option.role = "option";
  option.id = id;
  option.className = "completion-option";
  option.append(...nodes.flatMap((node) => [node, " "]));
  return option;
}
