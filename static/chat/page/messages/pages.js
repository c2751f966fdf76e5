const PAGE = 50;

/**
 * The pages of a room's log beside what is shown: from what the library holds, the newest messages,
 * where those are among them, and else from the server.
 */
export class Pages {
  #chat;

  /** @param {Chat} chat with one room */
  constructor(chat) {
    this.#chat = chat;
  }

  /** The newest page. */
  newest() {
    const { messages, refs } = this.#chat.snapshot();
    return { messages: messages.slice(-PAGE), more: true, refs };
  }

  /** Resolves with the page before the message with this seq: `{messages, more, refs}`. */
  async before(seq) {
    const { messages: held, more, refs } = this.#chat.snapshot();
    const first = held[0]?.seq ?? Infinity;
    if (first === seq) return this.#chat.history();
    if (first > seq) return this.#chat.history({ before: seq });
    const messages = held.filter((each) => each.seq < seq).slice(-PAGE);
    return { messages, more: more || messages[0] !== held[0], refs };
  }

  /** Resolves with the page after the message with this seq: `{messages, refs}`. */
  async after(seq) {
    const { messages: held, refs } = this.#chat.snapshot();
    const messages = held.filter((each) => each.seq > seq).slice(0, PAGE);
    return messages[0]?.seq === seq + 1 ? { messages, refs } : this.#chat.history({ after: seq });
  }

  /** Resolves with a page that has this message in it: `{messages, more, newer, refs}`. */
  async around(seq) {
    const { messages: held, more, refs } = this.#chat.snapshot();
    const index = held.findIndex((each) => each.seq === seq);
    if (index < 0) return this.#chat.history({ around: seq });
    const messages = held.slice(Math.max(0, index - PAGE / 2), index + PAGE / 2);
    const isAtEnd = messages.at(-1) === held.at(-1);
    return { messages, more: more || messages[0] !== held[0], newer: !isAtEnd, refs };
  }
}
