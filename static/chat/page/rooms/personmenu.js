import { placeBeside } from "../actions/placing.js";
import { isMember, part } from "../parts/dom.js";
import { build, iconOf } from "./build.js";
import { wordsOf } from "./peoplesearch.js";
import { translate } from "./words.js";

/** What one can do with somebody whose name one presses, in the list of people or at a message. */
export class PersonMenu {
  #views;
  #chat;
  #onWrite;
  #name = build("p", { class: ["person-menu-name", "name-like"] });
  #error = build("p", { class: "field-error", role: "alert" });
  #dialog;
  #user = null;
  #focused = null;

  /** @param {{chat: Chat, views: Views, onWrite: (user: User, before: () => void) => Promise<void>}} page */
  constructor({ chat, views, onWrite }) {
    this.#chat = chat;
    this.#views = views;
    this.#onWrite = onWrite;
    const write = build("button", { class: "actions-item", type: "button" }, iconOf("write"), translate("sendDirect"));
    const list = build("div", { class: "actions-list" }, this.#name, write, this.#error);
    this.#dialog = build("dialog", { class: ["actions", "person-menu"] }, list);
    write.addEventListener("click", () => this.#write());
    this.#dialog.addEventListener("click", ({ target }) => target === this.#dialog && this.#dialog.close());
    document.body.append(this.#dialog);
    document.body.classList.add("with-directs");
    part("rooms-shown").addEventListener("click", ({ target }) => this.#clicked(target));
    this.#watchPeople();
  }

  #clicked(target) {
    const name = target.closest(".message-author");
    const message = name && this.#views.shown.messages.list.messageAt(name.closest(".message"));
    if (message && this.#isOther(message.author)) this.#open(message.author, name);
  }

  #open(user, anchor) {
    this.#user = user;
    this.#name.textContent = user.name;
    this.#error.textContent = "";
    this.#dialog.setAttribute("aria-label", user.name);
    this.#dialog.showModal();
    placeBeside(this.#dialog, anchor.getBoundingClientRect(), { alignsEnd: false });
  }

  async #write() {
    try {
      await this.#onWrite(this.#user, () => this.#dialog.close());
    } catch (error) {
      this.#error.textContent = wordsOf(error);
    }
  }

  #isOther(user) {
    return isMember(user) && user.id !== this.#chat.user?.id;
  }

  /** The list is made anew whenever somebody comes or goes: who has the focus there keeps it. */
  #watchPeople() {
    const list = part("people");
    list.addEventListener("focusin", ({ target }) => (this.#focused = target.dataset.person));
    list.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && (this.#focused = null));
    for (const type of ["shown", "people"]) this.#views.on(type, (view) => view.isShown && this.#makeButtons(view));
    this.#makeButtons(this.#views.shown);
  }

  #makeButtons({ people: { members } }) {
    [...part("people").children].forEach((item, index) => {
      const user = members[index];
      if (!user || !this.#isOther(user)) return;
      const button = build("button", { class: "person-button", type: "button", data: { person: user.id }, textContent: user.name });
      button.setAttribute("aria-haspopup", "dialog");
      button.addEventListener("click", () => this.#open(user, button));
      part("name", item).replaceChildren(button);
      if (user.id === this.#focused && document.activeElement === document.body) button.focus();
    });
  }
}
