import { Notices } from "../logic/notices.js";
import { excerptOf } from "../logic/excerpt.js";
import { fullTimeText, timeText } from "../logic/times.js";
import { roomPath } from "../logic/roompath.js";
import { showWords } from "../parts/dom.js";
import { build, iconOf } from "./build.js";
import { openDialog } from "./dialog.js";
import { translate, translateParts } from "./words.js";

/** The messages that mean this person and are not read: their number in the list of rooms, and a dialog. */
export class Waiting {
  #api;
  #views;
  #nameOf;
  #openers;
  #notices = new Notices();
  #count = build("span", { class: "rooms-item-count" });
  #button;
  #dialog = null;
  #list = build("ul", { class: "waiting-list" });
  #words = build("p", { class: "waiting-none", role: "status" });
  #heard = "";
  #loads = 0;
  #changes = 0;

  /**
   * @param {{api: Api, chat: Chat, views: Views, nameOf: (slug: string) => string | undefined,
   *   opener: Element}} page `nameOf` returns the name of a room in the list; `opener` has the focus
   *   after the dialog where the list was closed with it
   */
  constructor({ api, chat, views, nameOf, opener }) {
    this.#api = api;
    this.#views = views;
    this.#nameOf = nameOf;
    const label = build("span", { class: "rooms-item-name", textContent: translate("waiting") });
    this.#button = build("button", { class: "rooms-waiting", type: "button" }, iconOf("waiting"), label, " ", this.#count);
    this.#openers = [this.#button, opener];
    this.#button.addEventListener("click", () => this.#open());
    this.#list.addEventListener("click", ({ target }) => target.closest("a") && this.#dialog.close());
    chat.on("notice", (notice) => this.#change(() => this.#notices.add(notice)));
    chat.on("read", ({ room, seq }) => this.#change(() => this.#notices.read([room], seq)));
    views.on("read", () => this.#change());
    chat.on("rooms", ({ rooms }) => this.#follow(rooms));
    // What came while there was no connection.
    chat.on("welcome", () => this.#load());
    this.#load();
  }

  get element() {
    return this.#button;
  }

  /** What waits is another where one wants to hear of more rooms than before, or of fewer. */
  #follow(rooms) {
    const former = this.#notices.all;
    const isOld = this.#notices.follow(rooms);
    if (this.#notices.all !== former) this.#change();
    const heard = rooms.filter(({ level }) => level !== "nothing").map(({ room }) => room.id).join();
    if (!isOld && heard === this.#heard) return;
    this.#heard = heard;
    this.#load();
  }

  #open() {
    const content = [this.#list, this.#words];
    this.#dialog = openDialog({ title: translate("waiting"), content, openers: this.#openers, isLight: true });
    this.#load();
  }

  #change(change = () => {}) {
    change();
    this.#changes += 1;
    this.#dropRead();
    this.#show();
  }

  /** Again where something has changed meanwhile: the response may be older. */
  async #load() {
    this.#loads += 1;
    const [load, changes] = [this.#loads, this.#changes];
    try {
      const { notices } = await this.#api.fetch("notices", "notices");
      if (load !== this.#loads) return;
      if (changes !== this.#changes) return void this.#load();
      this.#notices.replace(notices);
      this.#dropRead();
      this.#show();
    } catch ({ message }) {
      this.#words.textContent = message;
    }
  }

  /** What was read on this page the server may not know yet; a notice may come after its message. */
  #dropRead() {
    for (const { slugs, lastRead } of this.#views) this.#notices.read([...slugs], lastRead);
  }

  #show() {
    const { all } = this.#notices;
    this.#count.textContent = all.length > 0 ? String(all.length) : "";
    this.#button.classList.toggle("unread", all.length > 0);
    this.#showItems(all);
    this.#words.textContent = all.length === 0 ? translate("nothingWaits") : "";
  }

  /** The entry that has the focus keeps it, or gives it to the first one. */
  #showItems(all) {
    const { activeElement } = document;
    const focused = this.#list.contains(activeElement) ? activeElement.href : null;
    this.#list.replaceChildren(...all.map((notice) => this.#itemOf(notice)));
    if (!focused) return;
    const links = [...this.#list.querySelectorAll("a")];
    (links.find(({ href }) => href === focused) ?? links[0] ?? this.#dialog).focus();
  }

  #itemOf({ room, seq, why, message }) {
    const name = this.#nameOf(room) ?? room;
    const head = build("span", { class: "waiting-head" });
    showWords(head, headOf(why, { user: message.author, room: { name } }));
    const at = new Date(message.at);
    const time = build("time", { dateTime: message.at, title: fullTimeText(at), textContent: timeText(at) });
    const words = build("span", { class: "waiting-words", dir: "auto", textContent: excerptOf(message) });
    const link = build("a", { class: "waiting-item", href: `${roomPath(room)}?at=${seq}`, data: { name } }, head, time, words);
    return build("li", {}, link);
  }
}

function headOf(why, { user, room }) {
  if (why === "direct") return translateParts("wroteToYou", { user });
  if (why === "reply") return translateParts("repliedIn", { user, room });
  return translateParts("mentionedIn", { user, room });
}
