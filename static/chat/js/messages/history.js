import { part } from "../dom.js";

/** Loads older messages before one gets to the oldest shown. */
export class History {
  #here;
  #loading = false;
  #more = false;
  #observer;
  #changed;

  /** @param {(more: boolean) => void} changed told whether there are older messages */
  constructor(here, box, changed) {
    this.#here = here;
    this.#changed = changed;
    this.#observer = new IntersectionObserver(([{ isIntersecting }]) => this.#seen(isIntersecting), {
      root: box,
      rootMargin: "100% 0px 0px",
    });
    here.on("joined", () => this.#look());
  }

  /** The room has older messages than those shown, or not. */
  set more(more) {
    this.#more = more;
    this.#changed(more);
    this.#look();
  }

  /** The observer tells only of changes: look anew, in case the top is in view still. */
  #look() {
    const top = part("top");
    this.#observer.unobserve(top);
    this.#observer.observe(top);
  }

  async #seen(inView) {
    if (!inView || !this.#more || this.#loading) return;
    this.#loading = true;
    try {
      const { more } = await this.#here.history();
      this.#loading = false;
      this.more = more;
    } catch {
      // The connection went; joining again looks again.
      this.#loading = false;
    }
  }
}
