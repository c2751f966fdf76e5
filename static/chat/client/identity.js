import { keep, kept } from "./storage.js";

const GUEST_KEY = "chat:guest";
const NAME_KEY = "chat:name";

/**
 * Who this client is. A guest's token lives as long as the tab, so that two tabs can be two
 * guests; the last used name is kept for the next visit.
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

  /** The command that says who this is; with a token, a name means a new name. */
  hello() {
    const token = this.#token && { token: this.#token };
    const name = this.#name && { name: this.#name };
    return { type: "hello", ...(!this.#signedIn && { ...token, ...name }) };
  }

  /**
   * The server does not know who this was: whoever says a name begins as a new guest. False where
   * there is no name, or no token, or the token was not one that was kept here.
   */
  beginAnew() {
    if (!this.#name || !this.#token) return false;
    if (this.#token !== storedGuest(this.#storage)?.token) return false;
    forgetGuest(this.#storage);
    this.#token = undefined;
    return true;
  }

  /** Takes another name with the next `hello`. */
  rename(name) {
    this.#name = name;
  }

  /** Remembers what the server made of the `hello`. */
  welcomed({ user, token }) {
    if (this.#signedIn || user.kind !== "guest" || !token) return;
    this.#token = token;
    this.#name = undefined;
    keep(this.#storage.session, GUEST_KEY, { token, name: user.name });
    keep(this.#storage.local, NAME_KEY, user.name);
  }
}

/** The guest this tab is, `{token, name}`, or null. */
export function storedGuest({ session }) {
  return kept(session, GUEST_KEY);
}

/** The guest this tab was is no more: the next one starts anew. */
export function forgetGuest({ session }) {
  session.removeItem(GUEST_KEY);
}

/** The name last used in this browser, or an empty string. */
export function lastName({ local }) {
  return kept(local, NAME_KEY) ?? "";
}
