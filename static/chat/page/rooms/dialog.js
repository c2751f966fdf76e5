import { translate } from "../logic/translate.js";
import { build, iconButton } from "./build.js";

let made = 0;

/** A dialog over the page, with a title and a button that closes it. */
export class Dialog {
  #element;
  #heading;
  #opener = null;
  #instead;

  /**
   * @param {string} title
   * @param {() => Element} instead what has the focus afterwards, where what had it is hidden then
   * @param {Element[]} children
   */
  constructor(title, instead, ...children) {
    made += 1;
    this.#instead = instead;
    const close = iconButton("close", translate("close"), "dialog-close");
    this.#heading = build("h2", { id: `dialog-${made}`, textContent: title, tabIndex: -1 });
    const head = build("div", { class: "dialog-head" }, this.#heading, close);
    const box = build("div", { class: "dialog-box" }, head, ...children);
    this.#element = build("dialog", { class: "dialog", "aria-labelledby": this.#heading.id }, box);
    close.addEventListener("click", () => this.close());
    this.#element.addEventListener("click", ({ target }) => target === this.#element && this.close());
    this.#element.addEventListener("close", () => this.#closed());
    document.body.append(this.#element);
  }

  get isOpen() {
    return this.#element.open;
  }

  open() {
    if (this.isOpen) return;
    this.#opener = document.activeElement;
    this.#element.showModal();
  }

  close() {
    this.#element.close();
  }

  /** Moves the focus to the title. */
  focus() {
    this.#heading.focus();
  }

  #closed() {
    if (this.#opener?.getClientRects().length === 0) this.#instead().focus();
  }
}
