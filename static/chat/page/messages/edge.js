const RETRY_MS = 2_000;

/** Loads more messages before somebody scrolls to an end of those that are shown. */
export class Edge {
  #mark;
  #grow;
  #isGrowing = false;
  #observer;

  /**
   * @param {Element} box what scrolls
   * @param {Element} mark at the end; has the class `growing` while more is on its way
   * @param {() => Promise<boolean>} grow shows more; resolves with false when there is none
   */
  constructor(box, mark, grow) {
    this.#mark = mark;
    this.#grow = grow;
    const update = (entries) => entries.at(-1).isIntersecting && this.#growOnce();
    this.#observer = new IntersectionObserver(update, { root: box, rootMargin: "100% 0px" });
  }

  /** Checks again whether the end is in view: an observer reports changes alone. */
  check() {
    this.#observer.unobserve(this.#mark);
    this.#observer.observe(this.#mark);
  }

  async #growOnce() {
    if (this.#isGrowing) return;
    this.#isGrowing = true;
    this.#mark.classList.add("growing");
    try {
      this.#grown(await this.#grow());
    } catch {
      // The connection was lost, or the server busy; it may succeed a little later.
      setTimeout(() => this.#grown(true), RETRY_MS);
    }
  }

  #grown(hasMore) {
    this.#isGrowing = false;
    this.#mark.classList.remove("growing");
    if (hasMore) this.check();
  }
}
