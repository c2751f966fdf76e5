import { Emitter } from "../../client/emitter.js";
import { RoomView } from "./view.js";

/** The rooms that are open on the page, of which one is shown; the last one shown is the last. */
export class Views {
  #application;
  #emitter = new Emitter(["shown", "info", "people", "unread", "read"]);
  #views = [];
  #siteNow = null;

  /**
   * @param {{chat: Chat, blank: Element, seat: object, local: object, signedIn: boolean}} application
   *   `blank`: what the element of a room is before anything is in it
   */
  constructor(application) {
    this.blank = application.blank;
    const onChange = (view, what) => this.#emitter.emit(what, view);
    this.page = { chat: application.chat, views: this };
    this.#application = { ...application, page: this.page, siteNow: () => this.#siteNow, onChange };
    for (const type of ["welcome", "site"]) {
      application.chat.on(type, ({ site, limits }) => (this.#siteNow = { site, limits }));
    }
  }

  [Symbol.iterator]() {
    return [...this.#views].values();
  }

  /** The view that is shown; null before the first. */
  get shown() {
    return this.#views.findLast(({ isShown }) => isShown) ?? null;
  }

  /** Calls `listener(view)` when a view is "shown", more was "read" in it, or its "info", "people" or "unread" changed. */
  on(type, listener) {
    return this.#emitter.subscribe(type, listener);
  }

  /** Returns the view of the room that has, or had, this slug. */
  find(slug) {
    return this.#views.find((view) => view.slugs.has(slug));
  }

  /** Makes the view of a room in an element, and joins the room. */
  add(room) {
    const view = new RoomView(this.#application, room);
    this.#views.unshift(view);
    view.chat.join();
    return view;
  }

  /** Shows a view in the place of the one that is shown. */
  show(view) {
    const former = this.shown;
    if (former === view) return;
    former?.park();
    this.#views = [...this.#views.filter((each) => each !== view), view];
    view.show();
    this.#emitter.emit("shown", view);
  }

  remove(view) {
    this.#views = this.#views.filter((each) => each !== view);
    view.end();
  }
}
