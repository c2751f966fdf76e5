import { loadItem, storeItem } from "./base/storage.js";
import { disownEntries } from "./room/queuestorage.js";

const GUEST_KEY = "chat:guest";
const NAME_KEY = "chat:name";

/**
 * The identity of this client. A guest's token lasts as long as `storage` keeps it: as long as the
 * tab, so that two tabs can be two guests, unless a page passes a storage that lasts longer. The
 * last name is stored for the next visit.
 */
export class Identity {
  #storage;
  #signedIn;
  #token;
  #name;

  /** @param {{storage: object, name?: string, token?: string, signedIn?: boolean}} options */
  constructor({ storage, name, token, signedIn = false }) {
    this.#storage = storage;
    this.#signedIn = signedIn;
    this.#name = name;
    this.#token = token ?? (signedIn ? undefined : storedGuest(storage)?.token);
  }

  /** Returns the token of a guest or a bot; undefined for who has none. */
  get token() {
    return this.#token;
  }

  /** Returns the command that identifies this client; with a token, a name means a new name. */
  helloCommand() {
    const token = this.#token && { token: this.#token };
    const name = this.#name && { name: this.#name };
    return { type: "hello", ...(!this.#signedIn && { ...token, ...name }) };
  }

  /**
   * Drops a stored token that the server does not know, so that the next `hello` makes a new guest
   * of the name. Returns false where there is no name, no token, or the token was not stored here.
   */
  dropGuest() {
    if (!this.#name || !this.#token) return false;
    if (this.#token !== storedGuest(this.#storage)?.token) return false;
    forgetGuest(this.#storage);
    this.#token = undefined;
    return true;
  }

  /** Sets the name for the next `hello`. */
  setName(name) {
    this.#name = name;
  }

  /** Stores the guest of a `welcome` event. */
  storeGuest({ user, token }) {
    if (this.#signedIn || user.kind !== "guest" || !token) return;
    this.#token = token;
    this.#name = undefined;
    storeItem(this.#storage.session, GUEST_KEY, { token, name: user.name, id: user.id });
    storeItem(this.#storage.local, NAME_KEY, user.name);
  }
}

/** Returns the guest of this tab, `{token, name, id}`, or null. */
export function storedGuest({ session }) {
  const guest = loadItem(session, GUEST_KEY);
  return guest?.token ? guest : null;
}

/** Returns the name of the guest of this tab, also of one who was forgotten; else null. */
export function guestName({ session }) {
  return loadItem(session, GUEST_KEY)?.name ?? null;
}

/**
 * Forgets the guest of this tab, so that the next `hello` makes another. What they did not send is
 * kept for whoever joins here next.
 */
export function forgetGuest({ session }) {
  const guest = loadItem(session, GUEST_KEY);
  disownEntries(session, guest?.id);
  if (guest) storeItem(session, GUEST_KEY, { name: guest.name });
}

/** Returns the name last used in this browser, or an empty string. */
export function lastName({ local }) {
  return loadItem(local, NAME_KEY) ?? "";
}
