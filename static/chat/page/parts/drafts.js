import { loadItem, storeItem } from "../../client/base/storage.js";
import { joinedTexts } from "../logic/text.js";

/**
 * The unsent text of a room, under the room's id: another room may get the address. Until the id is
 * known, it is under the address.
 */
export class Drafts {
  #storage;
  #place;

  /** @param {object} storage @param {string} place the id of the room, or its address */
  constructor(storage, place) {
    this.#storage = storage;
    this.#place = place;
  }

  load() {
    return loadItem(this.#storage, keyOf(this.#place)) ?? "";
  }

  /** Who was chosen in that text, see `Chosen`. */
  get chosen() {
    const { text, places } = loadItem(this.#storage, chosenKeyOf(this.#place)) ?? {};
    return text === this.load() ? places : [];
  }

  /** Adds texts below what is there. */
  add(...texts) {
    this.save(joinedTexts(this.load(), ...texts), this.chosen);
  }

  save(text, places = []) {
    if (text === "") this.#storage.removeItem(keyOf(this.#place));
    else storeItem(this.#storage, keyOf(this.#place), text);
    if (places.length === 0) this.#storage.removeItem(chosenKeyOf(this.#place));
    else storeItem(this.#storage, chosenKeyOf(this.#place), { text, places });
  }

  /** Moves the text to another place, below what is there; returns whether there is any. */
  moveTo(place) {
    if (place === this.#place) return false;
    const [text, chosen] = [this.load(), this.chosen];
    this.save("");
    this.#place = place;
    const former = this.load();
    this.save(joinedTexts(former, text), former ? this.chosen : chosen);
    return former !== "";
  }
}

function chosenKeyOf(place) {
  return `chat:chosen/${encodeURIComponent(place)}`;
}

function keyOf(place) {
  return `chat:draft/${encodeURIComponent(place)}`;
}
