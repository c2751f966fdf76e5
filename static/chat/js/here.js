/** The one room of this page, and this page's part in the conversation. */
export class Here {
  #chat;
  #slug;
  #info = null;
  #welcome = null;

  /** @param {Chat} chat @param {string} address the room to join: a slug, or what was typed */
  constructor(chat, address) {
    this.#chat = chat;
    this.#slug = address;
    chat.on("welcome", ({ site, limits }) => (this.#welcome = { site, limits }));
    chat.on("site", ({ site, limits }) => (this.#welcome = { site, limits }));
    chat.on("joined", (event) => this.#became(event));
    chat.on("room", (event) => this.#became(event));
  }

  get slug() {
    return this.#slug;
  }

  /** The room, or null before it was joined. */
  get info() {
    return this.#info;
  }

  get user() {
    return this.#chat.user;
  }

  get site() {
    return this.#welcome?.site ?? null;
  }

  get limits() {
    return this.#welcome?.limits ?? null;
  }

  get state() {
    return this.#chat.state;
  }

  on(type, listener) {
    return this.#chat.on(type, listener);
  }

  join() {
    this.#chat.join(this.#slug);
  }

  send(body) {
    this.#chat.send(this.#slug, body);
  }

  retry(id) {
    this.#chat.retry(this.#slug, id);
  }

  discard(id) {
    this.#chat.discard(this.#slug, id);
  }

  typing() {
    this.#chat.typing(this.#slug);
  }

  history() {
    return this.#chat.history(this.#slug);
  }

  rename(name) {
    this.#chat.rename(name);
  }

  reconnect() {
    this.#chat.reconnect();
  }

  isMine(user) {
    return user.id === this.user?.id;
  }

  #became({ info }) {
    this.#slug = info.slug;
    this.#info = info;
  }
}
