import { membersOf } from "../logic/members.js";
import { part } from "../parts/dom.js";
import { Adding } from "./adding.js";
import { build } from "./build.js";
import { openDialog } from "./dialog.js";
import { bannedRow, memberRow } from "./memberrows.js";
import { translate } from "./words.js";

/** Puts a button under the list of people that shows who belongs to the room, for who belongs to it. */
export function mountMembers({ api, chat, views }) {
  const button = build("button", { class: ["text-button", "people-all"], type: "button", textContent: translate("peopleOfRoom") });
  const dialog = new MembersDialog({ api, chat, openers: [button, part("people-button")] });
  const update = () => {
    const { info, isEnded } = views.shown;
    button.hidden = !info?.my || info.kind === "direct" || isEnded;
  };
  button.addEventListener("click", () => dialog.open(views.shown));
  for (const type of ["shown", "info"]) views.on(type, update);
  part("people-more").after(button);
  update();
}

/** The dialog with everybody who belongs to a room, their roles, and who is banned. */
class MembersDialog {
  #api;
  #chat;
  #openers;
  #view;
  #dialog;
  #adding;
  #alert = build("p", { class: "field-error", role: "alert" });
  #list = build("ul", { class: "belonging-list", "aria-label": translate("peopleOfRoom") });
  #banned = build("ul", { class: "belonging-list", "aria-label": translate("banned") });
  #bannedTitle = build("h3", { textContent: translate("banned") });

  constructor({ api, chat, openers }) {
    this.#api = api;
    this.#chat = chat;
    this.#openers = openers;
    this.#adding = new Adding(chat, ({ id }) => this.#give(id, "member"));
  }

  async open(view) {
    this.#view = view;
    this.#alert.textContent = "";
    this.#show({ rows: [], banned: [], mayAdd: false });
    const content = [this.#adding.element, this.#alert, this.#list, this.#bannedTitle, this.#banned];
    this.#dialog = openDialog({ title: translate("peopleOfRoom"), content, openers: this.#openers, isLight: true });
    await this.#load();
  }

  async #load() {
    const view = this.#view;
    try {
      const { members, my } = await this.#members();
      // Meanwhile the dialog may have been opened in another room.
      if (view !== this.#view) return;
      const { info, people } = view;
      this.#show(membersOf({ members, my, present: people.members, me: this.#chat.user.id, kind: info.kind }));
    } catch ({ message }) {
      if (view === this.#view) this.#alert.textContent = message;
    }
  }

  /** Who is banned only moderators may ask. */
  async #members() {
    const found = await this.#request({});
    return found.my?.may?.includes("moderate") ? this.#request({ banned: "true" }) : found;
  }

  #request(query) {
    return this.#api.fetch(pathOf(this.#view), "members", { query });
  }

  #show({ rows, banned, mayAdd }) {
    this.#adding.reset(mayAdd ? rows.map(({ user }) => user.id) : null);
    this.#list.replaceChildren(...rows.map((row) => this.#rowOf(row)));
    this.#banned.replaceChildren(...banned.map((user) => bannedRow(user, () => this.#remove(user.id, {}))));
    this.#banned.hidden = this.#bannedTitle.hidden = banned.length === 0;
  }

  #rowOf(row) {
    const { id } = row.user;
    return memberRow(row, {
      onRole: (role) => this.#give(id, role),
      onHandOver: () => this.#handOver(id),
      onRemove: () => this.#remove(id, {}),
      onBan: () => this.#remove(id, { ban: "true" }),
    });
  }

  #give(id, role) {
    return this.#change(id, (path) => this.#put(path, id, role));
  }

  #handOver(id) {
    return this.#change(id, async (path) => {
      await this.#put(path, id, "owner");
      await this.#put(path, this.#chat.user.id, "moderator");
    });
  }

  #put(path, id, role) {
    return this.#api.fetch(`${path}/${id}`, "role", { method: "PUT", body: { role } });
  }

  #remove(id, query) {
    return this.#change(id, (path) => this.#api.write(`${path}/${id}`, { method: "DELETE", query }));
  }

  /** Shows the list as it is after a change; the focus goes to the same row, or to the one in its place. */
  async #change(id, request) {
    const index = [...this.#list.children].findIndex(({ dataset }) => dataset.person === id);
    this.#alert.textContent = "";
    const refusal = await request(pathOf(this.#view)).then(() => "", ({ message }) => message);
    await this.#load();
    if (refusal) this.#alert.textContent = refusal;
    const rows = [...this.#list.children];
    const row = rows.find(({ dataset }) => dataset.person === id) ?? rows[Math.min(index, rows.length - 1)];
    (row?.querySelector("select, button") ?? this.#dialog).focus();
  }
}

function pathOf({ slug }) {
  return `rooms/${encodeURIComponent(slug)}/members`;
}
