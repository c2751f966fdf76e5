/** Says to the server what was read here, and hears what was read on another device. */
export class Reading {
  #chat;
  #sent = new Map();

  constructor({ chat, views }) {
    this.#chat = chat;
    for (const type of ["read", "info"]) views.on(type, (view) => this.#note(view));
    for (const view of views) this.#note(view);
    chat.on("read", ({ room, seq }) => views.find(room)?.readElsewhere(seq));
  }

  /** Where one has no membership there is nobody to say it to: a guest's is kept by the page. */
  #note({ slug, info, lastRead }) {
    if (!info?.my || lastRead <= Math.max(info.my.last_read, this.#sent.get(slug) ?? 0)) return;
    this.#sent.set(slug, lastRead);
    this.#chat.read(slug, lastRead);
  }
}
