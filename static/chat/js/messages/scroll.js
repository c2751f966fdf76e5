const NEAR_PX = 48;
const STEP_PX = 16;
const LOOK_PX = 400;

/**
 * Keeps what one reads where it is, whatever changes above or below it, and the newest message
 * in view when one is at the end.
 */
export class Scroll {
  #box;
  #content;
  #told;
  #atEnd = true;
  #anchor = null;
  #held = false;
  #top = 0;

  /**
   * @param {Element} box what scrolls
   * @param {Element} content what is in it
   * @param {object} told `turned()`: the person came to the end or left it; `moved()`: they scroll;
   *   `isWhole()` asks whether the last in the box is the newest there is
   */
  constructor(box, content, told) {
    this.#box = box;
    this.#content = content;
    this.#told = told;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.#settle());
    sizes.observe(box);
    sizes.observe(content);
    // A draft that is replaced is short for a moment, and the box scrolled by that.
    document.addEventListener("input", () => this.#settle());
  }

  get atEnd() {
    return this.#atEnd;
  }

  /** What one reads, by its uppermost element; null at the end. */
  get reading() {
    return this.#atEnd ? null : (this.#anchor?.element ?? null);
  }

  /** Makes a change without moving what one reads; many at once cost one look at the layout. */
  hold(change) {
    change();
    if (this.#held || this.#atEnd) return;
    this.#held = true;
    queueMicrotask(() => {
      this.#held = false;
      this.#settle();
    });
  }

  toEnd() {
    this.#setAtEnd(true);
    this.#settle();
  }

  /** Only going up leaves the end: what is added below moves it away from where one is. */
  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    const wentUp = scrollTop < this.#top;
    if (scrollTop !== this.#top) this.#told.moved();
    this.#top = scrollTop;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (isNear && this.#told.isWhole()) this.#setAtEnd(true);
    else if (wentUp) this.#setAtEnd(false);
    this.#anchor = this.#atEnd ? null : this.#pick();
  }

  #setAtEnd(atEnd) {
    if (atEnd === this.#atEnd) return;
    this.#atEnd = atEnd;
    this.#told.turned();
  }

  #settle() {
    if (this.#atEnd) {
      this.#box.scrollTop = this.#box.scrollHeight;
      this.#top = this.#box.scrollTop;
    } else if (this.#anchor?.element.isConnected) {
      const { element, top } = this.#anchor;
      this.#box.scrollTop += element.getBoundingClientRect().top - top;
      this.#top = this.#box.scrollTop;
    }
  }

  /** The uppermost message in view, and where it is. */
  #pick() {
    const { top } = this.#box.getBoundingClientRect();
    const { left, width } = this.#content.getBoundingClientRect();
    for (let y = top; y < top + LOOK_PX; y += STEP_PX) {
      const under = document.elementsFromPoint(left + width / 2, y);
      const element = under.find((candidate) => candidate.matches(".message, .line"));
      if (element) return { element, top: element.getBoundingClientRect().top };
    }
    return null;
  }
}
