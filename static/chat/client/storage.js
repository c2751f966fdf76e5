/** A `Storage` that forgets at the end, for where there is none. */
export class MemoryStorage {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

/** `session` dies with the tab and is its own; `local` is shared by the tabs and stays. */
export function systemStorage() {
  return { session: storageOf("sessionStorage"), local: storageOf("localStorage") };
}

/** A browser may deny its storage by throwing. */
function storageOf(name) {
  try {
    return (globalThis.document && globalThis[name]) || new MemoryStorage();
  } catch {
    return new MemoryStorage();
  }
}

/** Keeps a value as JSON. A full storage costs its safety over a reload, and nothing else. */
export function keep(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch (error) {
    console.warn(`${key} could not be kept`, error);
  }
}

/** A value kept under `key`, or null. */
export function kept(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

/**
 * What a page keeps of another site: in the same two places, under the address of that site, so
 * that a page of two chats is somebody in each.
 */
export function storageFor(site, { session, local }) {
  return { session: new Compartment(session, site), local: new Compartment(local, site) };
}

/** The part of a `Storage` whose keys begin with a name. */
class Compartment {
  #storage;
  #prefix;

  constructor(storage, name) {
    this.#storage = storage;
    this.#prefix = `${name} `;
  }

  get length() {
    return this.#keys.length;
  }

  key(index) {
    return this.#keys[index]?.slice(this.#prefix.length) ?? null;
  }

  getItem(key) {
    return this.#storage.getItem(this.#prefix + key);
  }

  setItem(key, value) {
    this.#storage.setItem(this.#prefix + key, value);
  }

  removeItem(key) {
    this.#storage.removeItem(this.#prefix + key);
  }

  get #keys() {
    const { length } = this.#storage;
    const keys = Array.from({ length }, (_, index) => this.#storage.key(index));
    return keys.filter((key) => key.startsWith(this.#prefix));
  }
}
