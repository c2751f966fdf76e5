import { goToMessage } from "../actions/going.js";
import { seqOfPermalink } from "../logic/permalinks.js";
import { slugOfPath } from "../logic/pathofroom.js";
import { roomPath } from "../logic/roompath.js";
import { part } from "../parts/dom.js";
import { RoomElements } from "./elements.js";

// So many rooms are joined at once; each of them costs the server and the page.
const OPEN_AT_MOST = 10;

/** Goes from room to room without loading the page anew; the address and its history follow. */
export class Navigation {
  #views;
  #nameOf;
  #elements;

  /**
   * @param {Views} views
   * @param {(slug: string) => string | undefined} nameOf returns the name of a room in the list
   */
  constructor(views, nameOf) {
    this.#views = views;
    this.#nameOf = nameOf;
    this.#elements = new RoomElements(views.blank);
    document.addEventListener("click", (event) => this.#clicked(event));
    window.addEventListener("popstate", () => this.#moved());
  }

  /** Shows a room; with a seq, at this message. */
  async go({ slug, name }, { seq = null, isNew = true } = {}) {
    performance.mark("chat:switch");
    const isOpen = this.#views.find(slug) !== undefined;
    const view = this.#views.find(slug) ?? this.#open({ address: slug, name: name ?? this.#nameOf(slug) ?? slug });
    const address = roomPath(view.slug) + (seq ? `?at=${seq}` : "");
    if (isNew) history.pushState(null, "", address);
    this.#views.show(view);
    requestAnimationFrame(() => setTimeout(() => performance.measure("chat:switched", "chat:switch")));
    if (!seq) return;
    if (!isOpen) await view.chat.join().catch(() => null);
    if (view.isShown && !view.isEnded) goToMessage(view.messages, seq);
  }

  #open(room) {
    const root = this.#elements.make();
    part("rooms-shown").append(root);
    this.#endOldest();
    return this.#views.add({ root, ...room });
  }

  /** What waits to be sent keeps its room open. */
  #endOldest() {
    const views = [...this.#views];
    const idle = views.find(({ isShown, isIdle }) => !isShown && isIdle);
    if (views.length >= OPEN_AT_MOST && idle) this.#views.remove(idle);
  }

  /** A room that is not known may not exist: its page is loaded, and asks. */
  #clicked(event) {
    const { ctrlKey, metaKey, shiftKey, altKey, button, defaultPrevented, target } = event;
    const link = target.closest("a[href]:not([download])");
    const slug = link?.origin === location.origin ? slugOfPath(link.pathname) : null;
    if (!slug || defaultPrevented || ctrlKey || metaKey || shiftKey || altKey || button !== 0) return;
    if (!this.#views.find(slug) && this.#nameOf(slug) === undefined) return;
    event.preventDefault();
    this.go({ slug, name: link.dataset.name }, { seq: seqOfPermalink(link.href, link) });
  }

  #moved() {
    const slug = slugOfPath(location.pathname);
    if (!slug) return location.reload();
    const seq = seqOfPermalink(location.href);
    if (this.#views.shown === this.#views.find(slug)) return void (seq && goToMessage(this.#views.shown.messages, seq));
    this.go({ slug }, { seq, isNew: false });
  }
}
