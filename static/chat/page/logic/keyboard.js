// A keyboard takes more of a screen than this, in any position; a bar of the browser, or the one
// with shortcuts that a tablet shows beside a real keyboard, takes less.
const SHARE = 0.2;

/** Tells by the height that a page has left whether a keyboard is shown on the screen. */
export class ScreenKeyboard {
  #width = 0;
  #most = 0;
  #height = 0;

  /** Notes how much of the page is visible now; another width is another position of the screen. */
  note({ width, height }) {
    this.#most = width === this.#width ? Math.max(this.#most, height) : height;
    this.#width = width;
    this.#height = height;
  }

  get isShown() {
    return this.#height < this.#most * (1 - SHARE);
  }
}
