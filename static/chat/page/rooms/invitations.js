import { standingIn } from "../logic/roomways.js";
import { showWords } from "../parts/dom.js";
import { askInPlace } from "./asking.js";
import { build } from "./build.js";
import { ROLES } from "./memberrows.js";
import { translate, translateParts } from "./words.js";

/** The invitations that still let people into a room, each with who made it; it can be revoked. */
export class Invitations {
  #api;
  #view;
  #me;
  #title = build("h3", { textContent: translate("standingLinks"), tabIndex: -1 });
  #alert = build("p", { class: "field-error", role: "alert" });
  #list = build("ul", {});
  #element = build("section", { hidden: true }, this.#title, this.#alert, this.#list);

  constructor({ api, view, user }) {
    this.#api = api;
    this.#view = view;
    this.#me = user.id;
  }

  get element() {
    return this.#element;
  }

  /** Shows the list as it is now, and why something was refused. */
  async load(refusal = "") {
    const found = await this.#api.fetch("invitations", "invitations").catch((error) => error);
    const standing = found.invitations && standingIn(found.invitations, this.#view.info, Date.now());
    if (standing) this.#list.replaceChildren(...standing.map((each) => this.#rowOf(each)));
    this.#alert.textContent = refusal || (standing ? "" : found.message);
    this.#element.hidden = this.#alert.textContent === "" && this.#list.children.length === 0;
  }

  #rowOf(invitation) {
    const { by, role, rooms } = invitation;
    const head = build("p", {});
    const as = translate(ROLES[role]);
    const isOwn = by.id === this.#me;
    showWords(head, isOwn ? [translate("linkByYou", { role: as })] : translateParts("linkBy", { role: as, user: by }));
    const terms = build("p", { class: "field-help", textContent: termsOf(invitation) });
    const also = build("p", { class: "field-help", hidden: rooms.length < 2 });
    showWords(also, translateParts("alsoTo", { rooms: namesOf(rooms.filter(({ id }) => id !== this.#view.info.id)) }));
    const ways = build("span", { class: "row-ways" });
    const revoke = build("button", { class: "text-button", type: "button", textContent: translate("revoke") });
    revoke.addEventListener("click", () => this.#ask(ways, invitation));
    ways.append(revoke);
    return build("li", { class: "invitation" }, build("div", {}, head, terms, also), ways);
  }

  /** Who came by it is removed where one may do that, and only once it is asked for. */
  #ask(place, { id, came }) {
    const others = came.filter((user) => user.id !== this.#me);
    const mayRemove = this.#view.info.my?.may?.includes("moderate") && others.length > 0;
    const answers = [{ words: translate("revoke"), act: () => this.#revoke(id, {}) }];
    if (mayRemove) {
      const words = translate("revokeAndRemove", { count: others.length });
      answers.push({ words, act: () => this.#revoke(id, { remove: "true" }), isDangerous: true });
    }
    askInPlace(place, [translate(mayRemove ? "revokeOrRemoveAsk" : "revokeAsk")], answers);
  }

  /** What had the focus is gone then. */
  async #revoke(id, query) {
    const request = this.#api.write(`invitations/${id}`, { method: "DELETE", query });
    await this.load(await request.then(() => "", ({ message }) => message));
    const title = this.#element.hidden ? this.#element.closest("dialog")?.querySelector("h2") : this.#title;
    title?.focus();
  }
}

function namesOf(rooms) {
  return rooms.flatMap(({ name }, place) => (place > 0 ? [", ", { name }] : [{ name }]));
}

function termsOf({ uses, max_uses: most, expires_at: end }) {
  const came = most === null ? translate("haveCome", { count: uses }) : translate("haveComeOf", { count: uses, most });
  const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  return translate("invitationTerms", { came, time: time.format(new Date(end)) });
}
