import { socketAt } from "../../client/base/address.js";
import { systemEnvironment } from "../../client/base/environment.js";
import { ChatError } from "../../client/base/errors.js";
import { storedGuest } from "../../client/identity.js";
import { Endpoints } from "../../client/link/transports/endpoints.js";
import { translate } from "./words.js";

/** The site's HTTP API for the person on this page: a guest by their token, a member by the session. */
export class Api {
  #endpoints = new Endpoints(socketAt(location.origin), systemEnvironment());
  #storage;

  /** @param {{storage: object, signedIn: boolean}} person `storage`: where a guest's token is */
  constructor({ storage, signedIn }) {
    this.#storage = signedIn ? null : storage;
  }

  /** Resolves with the response, which has `field`. Throws a ChatError with words for a person. */
  fetch(path, field, request) {
    return this.#perform((endpoints) => endpoints.fetchJson(path, field, request));
  }

  /** Writes where the response has no content. Throws a ChatError, as `fetch`. */
  write(path, request) {
    return this.#perform((endpoints) => endpoints.write(path, request));
  }

  async #perform(request) {
    this.#endpoints.token = (this.#storage && storedGuest(this.#storage)?.token) ?? null;
    try {
      return await request(this.#endpoints);
    } catch (error) {
      throw error instanceof ChatError ? error : new ChatError("disconnected", translate("notReached"));
    }
  }
}
