const RETRY_MS = 2_000;

/** Asks for more before one gets to an end of what is shown. */
export class Edge {
  #mark;
  #grow;
  #growing = false;
  #observer;

  /**
   * @param {Element} box what scrolls
   * @param {Element} mark what stands at the end; has the class `growing` while more is on its way
   * @param {() => Promise<boolean>} grow shows more; false when there is none
   */
  constructor(box, mark, grow) {
    this.#mark = mark;
    this.#grow = grow;
    const seen = (entries) => entries.at(-1).isIntersecting && this.#near();
    this.#observer = new IntersectionObserver(seen, { root: box, rootMargin: "100% 0px" });
  }

  /** The observer tells only of changes: look anew, in case the end is in view still. */
  look() {
    this.#observer.unobserve(this.#mark);
    this.#observer.observe(this.#mark);
  }

  async #near() {
    if (this.#growing) return;
    this.#growing = true;
    this.#mark.classList.add("growing");
    try {
      this.#rested(await this.#grow());
    } catch {
      // The connection was gone, or the server busy; soon may be better.
      setTimeout(() => this.#rested(true), RETRY_MS);
    }
  }

  #rested(again) {
    this.#growing = false;
    this.#mark.classList.remove("growing");
    if (again) this.look();
  }
}
