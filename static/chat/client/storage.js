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
