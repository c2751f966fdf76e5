import { gateFor } from "./gate.js";

/** What this person may do in the room now, as far as the page knows. */
export class Standing {
  #chat;
  #info = null;
  #site = null;
  #limits = null;

  /** @param {Chat} chat with one room */
  constructor(chat) {
    this.#chat = chat;
    for (const type of ["joined", "room"]) chat.on(type, ({ info }) => (this.#info = info));
    for (const type of ["welcome", "site"]) {
      chat.on(type, ({ site, limits }) => {
        this.#site = site;
        this.#limits = limits;
      });
    }
  }

  /** The room; null before it was joined. */
  get info() {
    return this.#info;
  }

  /** The most characters of a message. */
  get maximum() {
    return this.#limits?.body ?? Infinity;
  }

  get mayWrite() {
    const { state, user } = this.#chat;
    return gateFor({ state, info: this.#info, site: this.#site, user }) === null;
  }

  isOwn({ author }) {
    return author.id === this.#chat.user?.id;
  }

  /** Returns the names of what this person may do with a message, in their order in the menu. */
  actionsOn(message, now) {
    const isStored = message.seq !== undefined;
    if (message.deleted) return [];
    const own = this.isOwn(message) && this.mayWrite;
    return [
      isStored && this.mayWrite && "react",
      isStored && this.mayWrite && "reply",
      own && (!isStored || this.#isEditable(message, now)) && "edit",
      message.reply_to && "go-to-original",
      "copy-text",
      isStored && "copy-message-link",
      own && "delete",
    ].filter(Boolean);
  }

  #isEditable({ at }, now) {
    return now - Date.parse(at) < (this.#limits?.edit ?? 0) * 1000;
  }
}
