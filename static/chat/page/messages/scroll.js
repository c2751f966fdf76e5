const NEAR_PX = 48;
const STEP_PX = 16;
const SEARCHED_PX = 400;

/**
 * Keeps the message that is read in its place, whatever changes above or below it, and the newest
 * message in view when the box is scrolled to the end.
 */
export class Scroll {
  #box;
  #content;
  #callbacks;
  #atEnd = true;
  #anchor = null;
  #isPending = false;
  #isPaused = false;
  #top = 0;

  /**
   * @param {Element} box what scrolls
   * @param {Element} content what is in it
   * @param {object} callbacks `onEnd()`: the person reached the end or left it; `onScroll()`;
   *   `isWhole()` returns whether the last message in the box is the newest there is
   */
  constructor(box, content, callbacks) {
    this.#box = box;
    this.#content = content;
    this.#callbacks = callbacks;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.#settle());
    sizes.observe(box);
    sizes.observe(content);
    // A draft that is replaced is short for a moment, which scrolls the box.
    box.parentElement.addEventListener("input", () => this.#settle());
  }

  /** Measures nothing while the box is not shown. */
  pause() {
    this.#isPaused = true;
  }

  resume() {
    this.#isPaused = false;
    this.#settle();
  }

  get atEnd() {
    return this.#atEnd;
  }

  /** The uppermost element that is read; null at the end. */
  get anchorElement() {
    return this.#atEnd ? null : (this.#anchor?.element ?? null);
  }

  /** Whether an element ends above what is in view. */
  isAbove(element) {
    return element.getBoundingClientRect().bottom <= this.#box.getBoundingClientRect().top;
  }

  /** Makes a change without moving what is read; many changes at once measure the layout once. */
  keepInPlace(change) {
    change();
    if (this.#isPending || this.#atEnd) return;
    this.#isPending = true;
    queueMicrotask(() => {
      this.#isPending = false;
      this.#settle();
    });
  }

  toEnd() {
    this.#setAtEnd(true);
    this.#settle();
  }

  /** Shows an element in the middle of the box, as far as there is something around it. */
  toMiddle(element) {
    const [box, place] = [this.#box, element].map((each) => each.getBoundingClientRect());
    this.#box.scrollTop += place.top - box.top - Math.max(0, (box.height - place.height) / 2);
    this.#top = this.#box.scrollTop;
    const isAtEnd = this.#below < NEAR_PX && this.#callbacks.isWhole();
    const { bottom } = element.getBoundingClientRect();
    this.#anchor = isAtEnd ? null : { element, bottom };
    this.#setAtEnd(isAtEnd);
  }

  get #below() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Only scrolling up leaves the end: messages added below move the end, not the person. */
  #scrolled() {
    if (this.#isPaused) return;
    const { scrollTop } = this.#box;
    const wentUp = scrollTop < this.#top;
    const below = this.#below;
    // At the very end still: not a person, but the browser, as the content or the box has changed.
    const isClamped = this.#atEnd && below < 1;
    if (scrollTop !== this.#top && !isClamped) this.#callbacks.onScroll();
    this.#top = scrollTop;
    const isNear = below < NEAR_PX;
    if (isNear && this.#callbacks.isWhole()) this.#setAtEnd(true);
    else if (wentUp) this.#setAtEnd(false);
    this.#anchor = this.#atEnd ? null : this.#pick();
  }

  #setAtEnd(atEnd) {
    if (atEnd === this.#atEnd) return;
    this.#atEnd = atEnd;
    this.#callbacks.onEnd();
  }

  #settle() {
    if (this.#isPaused) return;
    if (this.#atEnd) {
      this.#box.scrollTop = this.#box.scrollHeight;
      this.#top = this.#box.scrollTop;
    } else if (this.#anchor?.element.isConnected) {
      const { element, bottom } = this.#anchor;
      this.#box.scrollTop += element.getBoundingClientRect().bottom - bottom;
      this.#top = this.#box.scrollTop;
    }
  }

  /**
   * The uppermost message in view, and where it ends: as soon as there is another one above it, it
   * may show its author's name no more, and what is below it would move.
   */
  #pick() {
    const { top } = this.#box.getBoundingClientRect();
    const { left, width } = this.#content.getBoundingClientRect();
    for (let y = top; y < top + SEARCHED_PX; y += STEP_PX) {
      const under = document.elementsFromPoint(left + width / 2, y);
      const element = under.find((candidate) => candidate.matches(".message, .line"));
      if (element) return { element, bottom: element.getBoundingClientRect().bottom };
    }
    return null;
  }
}
