/**
 * Loads older messages into a room's log, page by page; and messages from elsewhere in the room,
 * which the log does not hold.
 */
export class History {
  #log;
  #port;

  /**
   * @param {RoomLog} log
   * @param {object} port `request(command, callbacks)` and `onPage({messages, more, refs})`
   */
  constructor(log, port) {
    this.#log = log;
    this.#port = port;
  }

  /** Resolves with the page before the oldest message held, as `{messages, more, refs}`. */
  loadPage(limit) {
    const { first, more } = this.#log;
    if (!more || first === null) return Promise.resolve({ messages: [], more, refs: {} });
    const page = new Promise((resolve, reject) => this.#request(first, limit, resolve, reject));
    page.catch(() => {}); // A page is also an event, and can be requested again.
    return page;
  }

  /** Resolves with the page at `{before}`, `{after}` or `{around}`: `{messages, more, newer, refs}`. */
  async loadPlace(place, limit) {
    const page = await this.#load({ type: "history", ...place, limit });
    const { messages, more, newer } = page;
    return { messages, more, newer, refs: this.#log.refsOf(messages) };
  }

  /** Resolves with the messages that have these seqs, as far as they exist. */
  async loadSeqs(seqs) {
    return (await this.#load({ type: "get", seqs })).messages;
  }

  /** Resolves with the reply to a command; its messages are as they are by now. */
  #load(command) {
    const log = this.#log;
    return new Promise((resolve, reject) => {
      const onReply = (reply) => {
        log.noteRefs(reply.refs);
        const messages = log.noteLoaded(reply.messages);
        log.pageSettled();
        resolve({ ...reply, messages });
      };
      const onRefusal = (error) => {
        log.pageSettled();
        reject(error);
      };
      log.pageRequested();
      this.#port.request(command, { onReply, onRefusal });
    });
  }

  #request(before, limit, resolve, reject) {
    const log = this.#log;
    const { epoch } = log;
    const onReply = (page) => {
      const fits = log.epoch === epoch && log.first === before;
      resolve(fits ? this.#prepend(page) : { messages: [], more: log.more, refs: {} });
      log.pageSettled();
    };
    const onRefusal = (error) => {
      reject(error);
      log.pageSettled();
    };
    log.pageRequested();
    this.#port.request({ type: "history", before, limit }, { onReply, onRefusal });
  }

  #prepend({ messages: loaded, more, refs }) {
    this.#log.noteRefs(refs);
    this.#log.prepend(loaded, more);
    const messages = loaded.map(({ seq }) => this.#log.messageAt(seq));
    const page = { messages, more, refs: this.#log.refsOf(messages) };
    this.#port.onPage(page);
    return page;
  }
}
