/** @import { Room, User } from "./base/types.js" */
import { disconnectedError } from "./base/errors.js";
import { Endpoints, Refusal } from "./link/transports/endpoints.js";

/** What is asked over HTTP, whatever the transport: people, and rooms with some of them. */
export class Directory {
  #endpoints;
  #identity;

  /**
   * @param {string} url of the server's WebSocket
   * @param {object} environment fetch, clock and csrfToken
   * @param {{token?: string}} identity whose requests these are
   */
  constructor(url, environment, identity) {
    this.#endpoints = new Endpoints(url, environment);
    this.#identity = identity;
  }

  /** @param {string} query @returns {Promise<User[]>} */
  async findPeople(query) {
    return (await this.#fetch("people", "people", { query: { q: query } })).people;
  }

  /** @param {string[]} members their ids @returns {Promise<Room>} */
  openDirect(members) {
    return this.#fetch("rooms", "slug", { body: { kind: "direct", members } });
  }

  async #fetch(path, field, request) {
    this.#endpoints.token = this.#identity.token ?? null;
    try {
      return await this.#endpoints.fetchJson(path, field, request);
    } catch (error) {
      throw error instanceof Refusal ? error : disconnectedError(error.message);
    }
  }
}
