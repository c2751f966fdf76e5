/** The one room of this page, and this page's part in the conversation. */
export class Here {
  #chat;
  #slug;
  #address;
  #info = null;
  #welcome = null;

  /** @param {Chat} chat @param {{slug: string, typed?: string}} room what was typed names a new room */
  constructor(chat, { slug, typed }) {
    this.#chat = chat;
    this.#slug = slug;
    this.#address = typed || slug;
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
    this.#chat.join(this.#address);
  }

  send(body) {
    this.#chat.send(this.#address, body);
  }

  retry(id) {
    this.#chat.retry(this.#address, id);
  }

  discard(id) {
    this.#chat.discard(this.#address, id);
  }

  typing() {
    this.#chat.typing(this.#address);
  }

  /** The messages that are held, ascending; beside them are those that were let go. */
  get held() {
    return this.#chat.snapshot(this.#address).messages;
  }

  history() {
    return this.#chat.history(this.#address);
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
    this.#slug = this.#address = info.slug;
    this.#info = info;
  }
}
