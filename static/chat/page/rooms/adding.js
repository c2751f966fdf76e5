import { build } from "./build.js";
import { PeopleSearch, wordsOf } from "./peoplesearch.js";
import { translate } from "./words.js";

let made = 0;

/** A field in which a few letters find who is to be brought into a room: `onAdd(user)`. */
export class Adding {
  #field;
  #found = build("ul", { class: "adding-found" });
  #words = build("p", { class: "adding-words", role: "status" });
  #element;
  #search;
  #onAdd;
  #known = new Set();

  constructor(chat, onAdd) {
    made += 1;
    this.#onAdd = onAdd;
    this.#search = new PeopleSearch(chat, (found) => this.#show(found));
    const id = `adding-${made}`;
    this.#field = build("input", { id, type: "search", autocomplete: "off" });
    const label = build("label", { for: id, textContent: translate("addPerson") });
    this.#element = build("div", { class: ["field", "adding"], hidden: true }, label, this.#field, this.#found, this.#words);
    this.#field.addEventListener("input", () => this.#find());
  }

  get element() {
    return this.#element;
  }

  /** Begins anew; `known` are the ids of those who need not be added, null where one may add nobody. */
  reset(known) {
    this.#element.hidden = known === null;
    this.#known = new Set(known);
    this.#field.value = "";
    this.#find();
  }

  #find() {
    this.#found.replaceChildren();
    this.#words.textContent = "";
    this.#search.find(this.#field.value);
  }

  #show({ people, error }) {
    const others = people.filter(({ id }) => !this.#known.has(id));
    this.#found.replaceChildren(...others.map((user) => this.#itemOf(user)));
    if (error) this.#words.textContent = wordsOf(error);
    else if (others.length === 0) this.#words.textContent = translate("notFoundPerson");
  }

  #itemOf(user) {
    const properties = { class: ["adding-item", "name-like"], type: "button", textContent: user.name };
    const button = build("button", { ...properties, "aria-label": translate("addName", { name: user.name }) });
    button.addEventListener("click", () => this.#onAdd(user));
    return build("li", {}, button);
  }
}
