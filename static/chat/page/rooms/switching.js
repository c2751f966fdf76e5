import { goToMessage } from "../actions/going.js";
import { seqOfPermalink } from "../logic/permalinks.js";
import { slugOfPath } from "../logic/pathofroom.js";
import { roomPath } from "../logic/roompath.js";
import { part } from "../parts/dom.js";
import { closeDialogs } from "../parts/overlays.js";
import { RoomElements } from "./elements.js";

// So many rooms are joined at once; each of them costs the server and the page.
const OPEN_AT_MOST = 10;

/** Goes from room to room without loading the page anew; the address and its history follow. */
export class Navigation {
  #views;
  #entryOf;
  #slugOf;
  #onLeft;
  #onMoved;
  #left = new Map();
  #elements;
  // Another object with each way: one that was slower belongs nowhere.
  #way = {};

  /**
   * @param {Views} views
   * @param {{entryOf: (slug: string) => Entry | undefined, slugOf: (address: string) => Promise<string | null>,
   *   onLeft: (room: object) => void, onMoved: () => void}} known the entry of a room in the list; the slug
   *   that a room has now, null where it is not there; `onLeft` is called where somebody goes back to what
   *   `noteLeft` was told of, `onMoved` where they go back or forward
   */
  constructor(views, { entryOf, slugOf, onLeft, onMoved }) {
    this.#views = views;
    this.#entryOf = entryOf;
    this.#slugOf = slugOf;
    this.#onLeft = onLeft;
    this.#onMoved = onMoved;
    this.#elements = new RoomElements(views.blank);
    document.addEventListener("click", (event) => this.#clicked(event));
    window.addEventListener("popstate", () => this.#moved());
  }

  /**
   * Shows a room; with a seq, at this message. Who was refused there tries again, unless they only go
   * back (`isNew` false). Where the connection has stopped, of somebody who was signed out, say, one that
   * is not open is loaded, and says what they may do now.
   */
  async go({ slug, name, id }, { seq = null, isNew = true } = {}) {
    performance.mark("chat:switch");
    const way = (this.#way = {});
    let view = this.#views.find(slug);
    const isOpen = view !== undefined;
    const addressOf = (place) => roomPath(place) + (seq ? `?at=${seq}` : "");
    if (!isOpen && this.#views.page.chat.state.name === "stopped") return location.assign(addressOf(slug));
    if (!isOpen) {
      const now = await this.#slugOf(slug);
      if (way !== this.#way) return;
      // Its page asks before a room is started.
      if (now === null) return location.assign(roomPath(slug));
      const entry = { name: now, ...this.#entryOf(slug) };
      view = this.#views.find(now) ?? this.#open({ address: now, id: id ?? entry.id, name: name ?? entry.name });
      view.slugs.add(slug);
    }
    if (view.isEnded && isNew) view.chat.join().catch(() => {});
    this.#left.delete(slug);
    if (isNew && addressOf(view.slug) !== location.pathname + location.search) history.pushState(null, "", addressOf(view.slug));
    this.#views.show(view);
    requestAnimationFrame(() => setTimeout(() => performance.measure("chat:switched", "chat:switch")));
    if (!seq) return;
    if (!isOpen) await view.chat.join().catch(() => null);
    if (view.isShown && !view.isEnded) goToMessage(view.messages, seq);
  }

  /**
   * Notes that somebody has left a room, `{slugs, …}`: its addresses are in the history of the tab, and
   * to go back there is not to join it again.
   */
  noteLeft(room) {
    for (const slug of room.slugs) this.#left.set(slug, room);
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
    if (!this.#views.find(slug) && !this.#entryOf(slug)) return;
    event.preventDefault();
    this.go({ slug, name: link.dataset.name }, { seq: seqOfPermalink(link.href, link) });
  }

  #moved() {
    const slug = slugOfPath(location.pathname);
    if (!slug) return location.reload();
    // What is open was about the room that was shown, or covers the one that is.
    closeDialogs();
    this.#onMoved();
    if (this.#left.has(slug) && !this.#entryOf(slug)) {
      history.replaceState(null, "", roomPath(this.#views.shown.slug));
      return this.#onLeft(this.#left.get(slug));
    }
    const seq = seqOfPermalink(location.href);
    if (this.#views.shown === this.#views.find(slug)) return void (seq && goToMessage(this.#views.shown.messages, seq));
    this.go({ slug }, { seq, isNew: false });
  }
}
