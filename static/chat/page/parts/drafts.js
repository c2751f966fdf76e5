import { loadItem, storeItem } from "../../client/base/storage.js";
import { DRAFTED } from "../logic/seatstorage.js";
import { joinedTexts } from "../logic/text.js";

/**
 * The unsent text of a room, under the room's id: another room may get the address. Until the id is
 * known, it is under the address. Where there is no room any more, the text of the last one at the
 * address is found.
 */
export class Drafts {
  #storage;
  #slug;
  #place;

  /** @param {object} storage @param {{id?: string, slug: string, isNew?: boolean}} room `isNew`: it is not there */
  constructor(storage, { id, slug, isNew = false }) {
    this.#storage = storage;
    this.#slug = slug;
    this.#place = id ?? slug;
    const former = isNew && loadItem(storage, roomKeyOf(slug));
    if (former) this.moveTo(former, slug);
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
    this.#keep(keyOf(this.#place), text || null);
    this.#keep(roomKeyOf(this.#slug), text && this.#place !== this.#slug ? this.#place : null);
    this.#keep(chosenKeyOf(this.#place), places.length > 0 ? { text, places } : null);
  }

  /**
   * Moves the text to the place of the room, its id, and its address now, below what is there; returns
   * whether there is any.
   */
  moveTo(place, slug) {
    if (place === this.#place && slug === this.#slug) return false;
    const [text, chosen] = [this.load(), this.chosen];
    this.save("");
    [this.#place, this.#slug] = [place, slug];
    const former = this.load();
    this.save(joinedTexts(former, text), former ? this.chosen : chosen);
    return former !== "";
  }

  #keep(key, value) {
    if (value === null) this.#storage.removeItem(key);
    else storeItem(this.#storage, key, value);
  }
}

/**
 * Returns where the id of the room stands that the text at an address is of. Of an address that nobody
 * can guess it has the code alone: who has the browser next reads no names of private rooms.
 */
function roomKeyOf(slug) {
  return `${DRAFTED}${encodeURIComponent(slug.replace(/^.*~/, "~"))}`;
}

function chosenKeyOf(place) {
  return `chat:chosen/${encodeURIComponent(place)}`;
}

function keyOf(place) {
  return `chat:draft/${encodeURIComponent(place)}`;
}
