import { part } from "../dom.js";

const RETRY_MS = 2_000;

/** Loads older messages before one gets to the oldest shown. */
export class History {
  #here;
  #loading = false;
  #more = true;
  #longer = false;
  #observer;

  constructor(here, box) {
    this.#here = here;
    const seen = (entries) => entries.at(-1).isIntersecting && this.#load();
    this.#observer = new IntersectionObserver(seen, { root: box, rootMargin: "100% 0px 0px" });
    here.on("joined", () => this.#look());
  }

  /** Whether the room has older messages than those shown. */
  get more() {
    return this.#more;
  }

  /** Whether it had older ones than those shown at first. */
  get longer() {
    return this.#longer;
  }

  /** The newest messages are shown, and there are `more`, or not. */
  start(more) {
    this.#longer = more;
    this.went(more);
  }

  /** A page of older ones is shown, and there are `more`, or not. */
  went(more) {
    this.#more = more;
    this.#look();
  }

  /** The observer tells only of changes: look anew, in case the top is in view still. */
  #look() {
    const top = part("top");
    this.#observer.unobserve(top);
    this.#observer.observe(top);
  }

  async #load() {
    if (!this.#more || this.#loading) return;
    this.#loading = true;
    try {
      await this.#here.history();
      this.#loading = false;
      this.#look();
    } catch {
      setTimeout(() => this.#rested(), RETRY_MS);
    }
  }

  /** The connection was gone, or the server busy; now may be better. */
  #rested() {
    this.#loading = false;
    this.#look();
  }
}
