/** Loads older messages into a room's log, page by page. */
export class History {
  #log;
  #port;

  /**
   * @param {RoomLog} log
   * @param {object} port `requestPage({before, limit}, callbacks)` and `onPage({messages, more})`
   */
  constructor(log, port) {
    this.#log = log;
    this.#port = port;
  }

  /** Resolves with the page before the oldest message held, as `{messages, more}`. */
  loadPage(limit) {
    const { first, more } = this.#log;
    if (!more || first === null) return Promise.resolve({ messages: [], more });
    const page = new Promise((resolve, reject) => this.#request(first, limit, resolve, reject));
    page.catch(() => {}); // A page is also an event, and can be requested again.
    return page;
  }

  #request(before, limit, resolve, reject) {
    const log = this.#log;
    const { epoch } = log;
    const onReply = (page) => {
      const fits = log.epoch === epoch && log.first === before;
      resolve(fits ? this.#prepend(page) : { messages: [], more: log.more });
      log.pageSettled();
    };
    const onRefusal = (error) => {
      reject(error);
      log.pageSettled();
    };
    log.pageRequested();
    this.#port.requestPage({ before, limit }, { onReply, onRefusal });
  }

  #prepend({ messages, more }) {
    this.#log.prepend(messages, more);
    const page = { messages: messages.map(({ seq }) => this.#log.messageAt(seq)), more };
    this.#port.onPage(page);
    return page;
  }
}
