const REST_MS = 1_000;

/** Lets the name of a day cover messages only while one scrolls, and a second longer. */
export class DayNames {
  #box;
  #timer = null;

  constructor(box) {
    this.#box = box;
    this.show();
  }

  show() {
    clearTimeout(this.#timer);
    this.#box.classList.remove("resting");
    this.#timer = setTimeout(() => this.#box.classList.add("resting"), REST_MS);
  }
}
