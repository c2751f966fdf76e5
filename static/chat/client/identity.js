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

  /**
   * A name other than the stored guest's makes a new guest.
   *
   * @param {{storage: object, name?: string, token?: string, signedIn?: boolean}} options
   */
  constructor({ storage, name, token, signedIn = false }) {
    const stored = signedIn ? null : storedGuest(storage);
    const same = stored && (!name || name === stored.name);
    this.#storage = storage;
    this.#signedIn = signedIn;
    this.#name = name;
    this.#token = token ?? (same ? stored.token : undefined);
  }

  /** The command that says who this is. */
  hello() {
    if (this.#signedIn) return { type: "hello" };
    if (this.#token) return { type: "hello", token: this.#token };
    return { type: "hello", ...(this.#name && { name: this.#name }) };
  }

  /** The command that takes another name, as the same guest where there is one already. */
  rename(name) {
    this.#name = name;
    return { ...this.hello(), name };
  }

  /** Remembers what the server made of the `hello`. */
  welcomed({ user, token }) {
    if (user.kind !== "guest" || !token) return;
    this.#token = token;
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
