import { loadItem, storeItem } from "../../client/base/storage.js";
import { GROUPS, findEmoji, withTone } from "../logic/emoji.js";
import { USUAL } from "../logic/reactions.js";
import { translate } from "../laterwords.js";
import { part } from "../parts/dom.js";
import { loadEmoji } from "../parts/emojidata.js";
import { placeBeside } from "./placing.js";

const RECENT_KEY = "chat:emoji/recent";
const TONE_KEY = "chat:emoji/tone";
const RECENT_AT_MOST = 18;
const FOUND_AT_MOST = 60;
const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

let picker = null;

/**
 * Shows all emoji beside an element; `onChoose(emoji)` is called once, or never.
 *
 * @param {Storage} storage of the browser: what was used last is the same in all its tabs
 */
export function openPicker(storage, anchor, onChoose) {
  picker ??= new EmojiPicker(storage);
  return picker.open(anchor, onChoose);
}

/** The dialog with all emoji: recent ones, groups, a search, and skin tones. */
class EmojiPicker {
  #dialog = part("picker");
  #search = part("picker-search");
  #tone = part("picker-tone");
  #storage;
  #all = [];
  #anchor = null;
  #onChoose = null;
  #isPressed = false;

  constructor(storage) {
    this.#storage = storage;
    this.#tone.replaceChildren(...TONES.map((sign, tone) => new Option(sign, tone)));
    this.#tone.value = String(loadItem(storage, TONE_KEY) ?? 0);
    this.#dialog.addEventListener("pointerdown", () => (this.#isPressed = true));
    this.#dialog.addEventListener("click", ({ target, detail }) => {
      if ((this.#isPressed && detail < 2) || detail === 0) this.#clicked(target);
    });
    this.#dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.#dialog.addEventListener("close", () => this.#keepFocus());
    this.#search.addEventListener("input", () => this.#show());
    this.#tone.addEventListener("change", () => {
      storeItem(storage, TONE_KEY, Number(this.#tone.value));
      this.#show();
    });
  }

  async open(anchor, onChoose) {
    const box = anchor.getBoundingClientRect();
    this.#anchor = anchor;
    this.#onChoose = onChoose;
    this.#isPressed = false;
    this.#search.value = "";
    this.#show();
    this.#dialog.showModal();
    placeBeside(this.#dialog, box);
    this.#all = await loadEmoji();
    this.#show();
  }

  get #recent() {
    return loadItem(this.#storage, RECENT_KEY) ?? USUAL;
  }

  #show() {
    const letters = this.#search.value.trim();
    const tone = Number(this.#tone.value);
    const named = new Map(this.#all.map((each) => [each.emoji, each]));
    const recent = this.#recent.map((emoji) => named.get(emoji) ?? { emoji });
    const groups = GROUPS.map(([number, key]) => [key, this.#all.filter(({ group }) => group === number)]);
    const found = findEmoji(this.#all, letters).slice(0, FOUND_AT_MOST);
    const sections = letters ? [["emojiFound", found]] : [["emojiRecent", recent], ...groups];
    const shown = sections.filter(([, emoji]) => emoji.length > 0);
    part("picker-list").replaceChildren(...shown.map(([key, emoji]) => sectionOf(key, emoji, tone)));
    part("picker-none").hidden = shown.length > 0;
  }

  #clicked(target) {
    const button = target.closest(".picker-emoji");
    if (target === this.#dialog) this.#dialog.close();
    if (button) this.#choose(button.textContent);
  }

  #choose(emoji) {
    const recent = [emoji, ...this.#recent.filter((each) => each !== emoji)];
    storeItem(this.#storage, RECENT_KEY, recent.slice(0, RECENT_AT_MOST));
    this.#dialog.close();
    this.#onChoose(emoji);
  }

  /** The button that has opened it may be gone. */
  #keepFocus() {
    const { activeElement, body } = document;
    if (activeElement === body || this.#dialog.contains(activeElement)) this.#anchor.focus({ preventScroll: true });
  }

  #pressed(event) {
    const buttons = [...this.#dialog.querySelectorAll(".picker-emoji")];
    const index = buttons.indexOf(document.activeElement);
    // A field for a search would only be emptied.
    if (event.key === "Escape" && event.target === this.#search) {
      event.preventDefault();
      return this.#dialog.close();
    }
    if (event.key === "Enter" && event.target === this.#search && buttons.length > 0) {
      event.preventDefault();
      return this.#choose(buttons[0].textContent);
    }
    const next = index < 0 && event.key === "ArrowDown" ? buttons[0] : neighbour(buttons, index, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

/** Returns the button that an arrow leads to from the one at `index`: above and below by its place. */
function neighbour(buttons, index, key) {
  if (index < 0) return null;
  if (key in STEPS) return buttons[index + STEPS[key]];
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const { offsetTop, offsetLeft } = buttons[index];
  const isBeyond = ({ offsetTop: top }) => (key === "ArrowUp" ? top < offsetTop : top > offsetTop);
  const beyond = buttons.filter(isBeyond);
  const row = (key === "ArrowUp" ? beyond.at(-1) : beyond[0])?.offsetTop;
  return beyond.filter(({ offsetTop: top }) => top === row).findLast((each) => each.offsetLeft <= offsetLeft);
}

function sectionOf(key, emoji, tone) {
  const section = document.createElement("section");
  const title = document.createElement("h3");
  title.textContent = translate(key);
  const grid = document.createElement("div");
  grid.className = "picker-grid";
  grid.append(...emoji.map((each) => emojiButton(each, tone)));
  section.append(title, grid);
  return section;
}

function emojiButton(each, tone) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "picker-emoji";
  button.tabIndex = -1;
  button.textContent = withTone(each, tone);
  if (each.annotation) button.title = button.ariaLabel = each.annotation;
  return button;
}
