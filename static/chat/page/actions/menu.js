import { part } from "../parts/dom.js";

const GAP_PX = 4;
const EDGE_PX = 8;
const MOVES = { ArrowDown: 1, ArrowUp: -1 };

/** The menu of what one can do with a message; on touch it is a sheet that comes from below. */
export class ActionMenu {
  #dialog = part("actions");
  #onChoose = null;
  #isPressed = false;

  constructor() {
    const dialog = this.#dialog;
    // The finger that has opened it is lifted over it: only one that came down here chooses.
    dialog.addEventListener("pointerdown", () => (this.#isPressed = true));
    dialog.addEventListener("click", ({ target, detail }) => {
      if (this.#isPressed || detail === 0) this.#clicked(target);
    });
    dialog.addEventListener("keydown", (event) => this.#move(event));
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /**
   * Shows the actions with these names beside a message.
   *
   * @param {string[]} names
   * @param {Element} anchor below which, or else above which, the menu is
   * @param {(name: string) => void} onChoose
   */
  open(names, anchor, onChoose) {
    if (names.length === 0 || this.isOpen) return;
    this.#onChoose = onChoose;
    this.#isPressed = false;
    for (const button of this.#buttons) button.hidden = !names.includes(button.dataset.action);
    this.#dialog.showModal();
    this.#place(anchor.getBoundingClientRect());
  }

  get #buttons() {
    return [...this.#dialog.querySelectorAll("button")];
  }

  #place(anchor) {
    const { offsetWidth: width, offsetHeight: height, style } = this.#dialog;
    const below = anchor.bottom + GAP_PX;
    const isBelow = below + height + EDGE_PX <= innerHeight;
    const top = isBelow ? below : Math.max(EDGE_PX, anchor.top - GAP_PX - height);
    const start = document.documentElement.dir === "rtl" ? anchor.left : anchor.right - width;
    const left = Math.min(Math.max(EDGE_PX, start), innerWidth - width - EDGE_PX);
    style.setProperty("--top", `${top}px`);
    style.setProperty("--left", `${left}px`);
  }

  #clicked(target) {
    const action = target.closest("button")?.dataset.action;
    // Around the list there is nothing of the dialog but what is behind it.
    if (action || target === this.#dialog) this.#dialog.close();
    if (action) this.#onChoose(action);
  }

  #move(event) {
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    const shown = this.#buttons.filter(({ hidden }) => !hidden);
    const next = shown.indexOf(document.activeElement) + MOVES[event.key];
    shown.at(next % shown.length).focus();
  }
}
