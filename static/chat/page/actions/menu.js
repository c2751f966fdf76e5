import { USUAL } from "../logic/reactions.js";
import { part } from "../parts/dom.js";
import { placeBeside } from "./placing.js";

const MOVES = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };

/** The menu of what one can do with a message; on touch it is a sheet that comes from below. */
export class ActionMenu {
  #dialog = part("actions");
  #onChoose = null;
  #isPressed = false;

  constructor() {
    const dialog = this.#dialog;
    part("usual").replaceChildren(...USUAL.map(usualButton));
    // The finger that has opened it is lifted over it: only one that came down here chooses. Nor does
    // the second click of two on the button that opens it, which it may cover.
    dialog.addEventListener("pointerdown", () => (this.#isPressed = true));
    dialog.addEventListener("click", ({ target, detail }) => {
      if ((this.#isPressed && detail < 2) || detail === 0) this.#clicked(target);
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
   * @param {(name: string, emoji?: string) => void} onChoose
   */
  open(names, anchor, onChoose) {
    if (names.length === 0 || this.isOpen) return;
    this.#onChoose = onChoose;
    this.#isPressed = false;
    for (const button of this.#buttons) button.hidden = !names.includes(button.dataset.action);
    part("usual").hidden = !names.includes("react");
    for (const button of part("usual").children) button.hidden = false;
    this.#dialog.showModal();
    placeBeside(this.#dialog, anchor.getBoundingClientRect());
  }

  get #buttons() {
    return [...this.#dialog.querySelectorAll("button")];
  }

  #clicked(target) {
    const { action, emoji } = target.closest("button")?.dataset ?? {};
    // Around the list there is nothing of the dialog but what is behind it.
    if (action || target === this.#dialog) this.#dialog.close();
    if (action) this.#onChoose(action, emoji);
  }

  #move(event) {
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    const shown = this.#buttons.filter((button) => button.getClientRects().length > 0);
    const next = shown.indexOf(document.activeElement) + MOVES[event.key];
    shown.at(next % shown.length).focus();
  }
}

function usualButton(emoji) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "usual-item";
  button.textContent = emoji;
  Object.assign(button.dataset, { action: "react-with", emoji });
  return button;
}
