const REFERENCES = ["for", "aria-controls", "aria-describedby", "aria-labelledby"];

/** Makes the elements of rooms, each with ids of its own. */
export class RoomElements {
  #blank;
  #made = 0;

  /** @param {Element} blank as the page had its own at first */
  constructor(blank) {
    this.#blank = blank;
    // What was typed already was copied too.
    for (const field of blank.querySelectorAll("textarea")) field.value = "";
  }

  make() {
    this.#made += 1;
    const element = this.#blank.cloneNode(true);
    const own = new Set([...element.querySelectorAll("[id]")].map(({ id }) => id));
    const renamed = (id) => (own.has(id) ? `${id}-${this.#made}` : id);
    for (const each of element.querySelectorAll("*")) {
      if (each.id) each.id = renamed(each.id);
      for (const name of REFERENCES) {
        if (each.hasAttribute(name)) each.setAttribute(name, renamed(each.getAttribute(name)));
      }
    }
    return element;
  }
}
