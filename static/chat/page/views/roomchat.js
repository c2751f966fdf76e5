/** One room of a chat: its events and those of the whole site, and its methods without its name. */
export class RoomChat {
  /** What a direct room is called here, from the next event on: after the others in it. */
  name;
  #chat;
  #address;
  #siteNow;
  #stops = new Set();

  /**
   * @param {Chat} chat @param {string} address what is joined: a slug, or what somebody typed
   * @param {() => object?} siteNow returns the site and its limits as the last event had them
   * @param {string} name see there
   */
  constructor(chat, address, siteNow, name) {
    this.#chat = chat;
    this.#address = address;
    this.#siteNow = siteNow;
    this.name = name;
  }

  get user() {
    return this.#chat.user;
  }

  get state() {
    return this.#chat.state;
  }

  /** The slug of the room as it is now; the address until it was joined. */
  get slug() {
    return this.#chat.slug(this.#address);
  }

  /** As `Chat.on`, without the events of other rooms; what is known of the site comes at once. */
  on(type, listener) {
    const site = type === "site" && this.#siteNow();
    if (site) listener(site);
    const stop = this.#chat.on(type, (event) => this.#concerns(event) && listener(this.#named(event)));
    this.#stops.add(stop);
    return stop;
  }

  join(options) {
    return this.#chat.join(this.#address, options);
  }

  /** Leaves the room, and calls no listener any more. */
  end() {
    for (const stop of this.#stops) stop();
    this.#chat.leave(this.#address);
  }

  post(body, manner) {
    return this.#chat.send(this.#address, body, manner);
  }

  edit(message, body, manner) {
    return this.#chat.edit(this.#address, message, body, manner);
  }

  remove(message) {
    return this.#chat.remove(this.#address, message);
  }

  react(message, emoji, on) {
    return this.#chat.react(this.#address, message, emoji, on);
  }

  retry(id) {
    this.#chat.retry(this.#address, id);
  }

  discard(id) {
    this.#chat.discard(this.#address, id);
  }

  history(where) {
    return this.#chat.history(this.#address, where);
  }

  get(seqs) {
    return this.#chat.get(this.#address, seqs);
  }

  typing() {
    this.#chat.typing(this.#address);
  }

  snapshot() {
    return this.#chat.snapshot(this.#address);
  }

  #named(event) {
    const { info } = event;
    return info?.kind === "direct" ? { ...event, info: { ...info, name: this.name } } : event;
  }

  #concerns({ room }) {
    return room === undefined || room === null || room === this.slug;
  }
}
