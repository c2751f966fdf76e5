import { loadItem, storeItem } from "../../client/base/storage.js";
import { excerptOf } from "../logic/excerpt.js";
import { translate, translateParts } from "../logic/translate.js";
import { part, showWords } from "./dom.js";

/** What waits above the composer's text: the message that it replies to. */
export class Replying {
  #chat;
  #part;
  #storage;
  #room;
  #message = null;

  /** @param {RoomView} view @param {object} storage the tab's @param {string} room its id, once it is known */
  constructor({ chat, part }, storage, room) {
    this.#chat = chat;
    this.#part = part;
    this.#storage = storage;
    this.#room = room;
    part("reply-away").addEventListener("click", () => this.#leave());
    part("composer-text").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || !this.#message) return;
      event.preventDefault();
      this.end();
    });
    chat.on("message", ({ message }) => message.seq === this.#message?.seq && this.#show(message));
    // After a backup was restored, another message has its seq.
    chat.on("reset", () => this.#kept?.epoch !== this.#epoch && this.end());
    const stop = chat.on("joined", ({ info }) => {
      stop();
      this.#room = info.id;
      this.#restore();
    });
  }

  begin(message) {
    storeItem(this.#storage, this.#key, { seq: message.seq, epoch: this.#epoch });
    this.#show(message);
  }

  end() {
    this.#storage.removeItem(this.#key);
    this.#show(null);
  }

  /** Returns how the next message is sent, for `chat.send`; it waits no longer then. */
  take() {
    const seq = (this.#message ?? this.#kept)?.seq;
    const manner = seq ? { replyTo: seq } : {};
    this.end();
    return manner;
  }

  #leave() {
    this.end();
    this.#part("composer-text").focus();
  }

  async #restore() {
    const kept = this.#kept;
    if (!kept) return;
    if (kept.epoch !== this.#epoch) return this.end();
    // Where it cannot be loaded now, it waits for the next visit.
    const [message] = await this.#chat.get([kept.seq]).catch(() => []);
    const isWaiting = !this.#message && this.#kept?.seq === kept.seq && kept.epoch === this.#epoch;
    if (message && isWaiting) this.#show(message);
  }

  #show(message) {
    this.#message = message;
    this.#part("reply").hidden = !message;
    if (!message) return;
    const { author, deleted } = message;
    showWords(this.#part("reply-to"), translateParts("replyingTo", { name: { name: author.name } }));
    this.#part("reply-words").textContent = deleted ? translate("messageDeleted") : excerptOf(message);
  }

  /** The log that seqs are of. */
  get #epoch() {
    return this.#chat.snapshot().info.epoch;
  }

  get #kept() {
    return loadItem(this.#storage, this.#key);
  }

  get #key() {
    return `chat:reply/${encodeURIComponent(this.#room)}`;
  }
}
