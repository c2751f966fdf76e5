import { copyOf, hovered, part } from "../parts/dom.js";

/**
 * The bar at the corner of the message under the pointer, or of the one that was chosen by
 * keyboard. There is one for all messages: it is where it is needed, and moves nothing.
 */
export class ActionBar {
  #stream;
  #namesFor;
  #isHeld;
  #bar = copyOf("bar-template");
  #isMoving = false;

  /**
   * @param {Element} stream with the messages
   * @param {(element: Element) => string[]} namesFor what one can do with a message
   * @param {() => boolean} isHeld whether the bar stays where it is
   */
  constructor(stream, namesFor, isHeld) {
    this.#stream = stream;
    this.#namesFor = namesFor;
    this.#isHeld = isHeld;
    stream.addEventListener("pointerover", (event) => this.#hover(event));
    stream.addEventListener("pointerleave", () => this.#showAt(this.#chosen));
    stream.addEventListener("focusin", () => this.#showAt(this.#chosen ?? this.#message));
    // Under the pointer it stays: a press on its button takes the focus from the message first.
    stream.addEventListener("focusout", () => this.#showAt(hovered(".message")));
    this.#showAt(hovered(".message") ?? this.#chosen);
  }

  /** The button that opens the menu. */
  get anchor() {
    return part("more", this.#bar);
  }

  /** Shows the bar as it has to be now at its message: what one can do has changed. */
  update() {
    this.#showAt(this.#message);
  }

  get #message() {
    return this.#bar.parentElement;
  }

  get #chosen() {
    return this.#stream.querySelector(".message:focus-visible");
  }

  #hover({ target, pointerType }) {
    if (pointerType !== "touch") this.#showAt(target.closest(".message") ?? this.#chosen);
  }

  #showAt(message) {
    // A button in it that has the focus loses it on the way, which is an event.
    if (this.#isHeld() || this.#isMoving) return;
    this.#isMoving = true;
    const names = message ? this.#namesFor(message) : [];
    if (names.length === 0) this.#bar.remove();
    else if (message !== this.#message) message.append(this.#bar);
    for (const button of this.#bar.querySelectorAll("button")) {
      const { action } = button.dataset;
      button.hidden = action !== "more" && !names.includes(action);
    }
    this.#isMoving = false;
  }
}
