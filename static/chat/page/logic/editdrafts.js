import { loadItem, storeItem } from "../../client/base/storage.js";

const MOST = 20;

/**
 * What was typed in edits of a room's messages and is not saved: `{of, body, base, places}`, newest
 * last. Where `of` is a seq, `epoch` is the log that it is of, and `former` the message's text.
 */
export class EditDrafts {
  #storage;
  room;

  /** @param {object} storage @param {string} room its id, once it is known */
  constructor(storage, room) {
    this.#storage = storage;
    this.room = room;
  }

  get all() {
    return loadItem(this.#storage, this.#key) ?? [];
  }

  find(of) {
    return this.all.find((draft) => draft.of === of);
  }

  save(draft) {
    this.#store([...this.#without(draft.of), draft].slice(-MOST));
  }

  /** Keeps a draft under the seq of its message, which was sent meanwhile. */
  rename(id, seq, epoch) {
    this.#store(this.all.map((draft) => (draft.of === id ? { ...draft, of: seq, epoch } : draft)));
  }

  /** Removes the edits of messages of another log than that of `epoch`; returns what was typed in
   * them. */
  takeFormer(epoch) {
    const former = this.all.filter((draft) => typeof draft.of === "number" && draft.epoch !== epoch);
    if (former.length > 0) this.#store(this.all.filter((draft) => !former.some(({ of }) => of === draft.of)));
    return former.filter((draft) => draft.body !== draft.former).map(({ body }) => body);
  }

  drop(of) {
    this.#store(this.#without(of));
  }

  #without(of) {
    return this.all.filter((draft) => draft.of !== of);
  }

  #store(drafts) {
    if (drafts.length === 0) this.#storage.removeItem(this.#key);
    else storeItem(this.#storage, this.#key, drafts);
  }

  get #key() {
    return `chat:edit/${encodeURIComponent(this.room)}`;
  }
}
