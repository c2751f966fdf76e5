import { placeBeside } from "../actions/placing.js";
import { isMember, part } from "../parts/dom.js";
import { build, iconOf } from "./build.js";
import { wordsOf } from "./peoplesearch.js";
import { translate } from "./words.js";

// What messages come in.
const HOLDERS = ".message, .day, .conversation";

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
    part("rooms-shown").addEventListener("click", ({ target }) => this.#clicked(target));
    this.#watchAuthors();
    this.#watchPeople();
  }

  #clicked(target) {
    const button = target.closest(".message-author .person-button");
    const message = button && this.#views.shown.messages.list.messageAt(button.closest(".message"));
    if (message) this.#open(message.author, button);
  }

  /** Makes the names at messages buttons, as soon as they are shown, and anew with another name. */
  #watchAuthors() {
    const shown = part("rooms-shown");
    const update = (root) => root.querySelectorAll(".message-author").forEach(makeButton);
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes) {
        if (target.matches(".message-author")) makeButton(target);
        for (const node of addedNodes) if (node.matches?.(HOLDERS)) update(node);
      }
    }).observe(shown, { childList: true, subtree: true });
    update(shown);
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
      const button = personButton(user.name, { data: { person: user.id } });
      button.addEventListener("click", () => this.#open(user, button));
      part("name", item).replaceChildren(button);
      if (user.id === this.#focused && document.activeElement === document.body) button.focus();
    });
  }
}

/** Makes the name of somebody else at a message a button, which the arrow to the side leads to. */
function makeButton(author) {
  const message = author.closest(".message");
  const isOther = !message.classList.contains("own") && !part("member", message).hidden;
  if (isOther && !author.firstElementChild) author.replaceChildren(personButton(author.textContent, { tabIndex: -1 }));
}

function personButton(name, properties) {
  return build("button", { class: "person-button", type: "button", textContent: name, "aria-haspopup": "dialog", ...properties });
}
