/** A `Storage` in memory, for systems that have none. */
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

/** Returns both storages: `session` belongs to one tab, `local` is shared by all and stays. */
export function systemStorage() {
  return { session: storageNamed("sessionStorage"), local: storageNamed("localStorage") };
}

/** A browser may deny its storage by throwing. */
function storageNamed(name) {
  try {
    return (globalThis.document && globalThis[name]) || new MemoryStorage();
  } catch {
    return new MemoryStorage();
  }
}

/** Stores a value as JSON. Where the storage is full it does not survive a reload, nothing else. */
export function storeItem(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch (error) {
    console.warn(`${key} could not be kept`, error);
  }
}

/** Returns the value stored under `key`, or null. */
export function loadItem(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

/**
 * Returns both storages for a chat of another site: the same two, with the site's address before
 * each key, so that a page connected to two chats has an identity in each.
 */
export function storageFor(site, { session, local }) {
  return { session: new PrefixedStorage(session, site), local: new PrefixedStorage(local, site) };
}

/** The part of a `Storage` whose keys begin with a prefix. */
class PrefixedStorage {
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
