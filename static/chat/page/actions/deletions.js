const UNDO_MS = 5_000;
// Without a connection a deletion is stored some time later, or never.
const STORED_MS = 5_000;

/**
 * Deletions that can still be undone: nothing is sent for five seconds. Where the page or the room is
 * left or hidden meanwhile, they are sent at once: what somebody wanted gone is not to stay because a
 * tab was closed, or stopped by a phone.
 */
export class Deletions {
  #chat;
  #onChange;
  #timers = new Map();
  // The log that their seqs are of.
  #epoch;

  /** @param {RoomView} view @param {() => void} onChange is called when `changes` are others */
  constructor(view, onChange) {
    const { chat, signal } = view;
    this.#chat = chat;
    this.#onChange = onChange;
    // After a backup was restored, other messages have the seqs.
    chat.on("reset", () => this.#endFormer());
    const stop = view.page.views.on("shown", () => view.isShown || this.finishAll());
    signal.addEventListener("abort", () => {
      stop();
      this.finishAll();
    });
    window.addEventListener("pagehide", () => this.finishAll(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.finishAll();
    }, { signal });
  }

  /** What is to be shown as deleted, like the changes of a snapshot. */
  get changes() {
    return [...this.#timers.keys()].map((seq) => ({ kind: "delete", of: seq, state: "undoable" }));
  }

  /** Deletes a message of the log, unless `undo` is called in time. */
  begin(seq) {
    this.#timers.set(seq, setTimeout(() => this.#finish(seq), UNDO_MS));
    this.#epoch = this.#chat.snapshot().info.epoch;
    this.#onChange();
  }

  /** Sends all; resolves once they are stored, or refused, or that has taken too long. */
  async finishAll() {
    const stored = [...this.#timers.keys()].map((seq) => this.#finish(seq));
    if (stored.length > 0) await Promise.race([Promise.allSettled(stored), new Promise((end) => setTimeout(end, STORED_MS))]);
  }

  undo(seq) {
    clearTimeout(this.#timers.get(seq));
    this.#timers.delete(seq);
    this.#onChange();
  }

  #endFormer() {
    if (this.#epoch === this.#chat.snapshot().info.epoch) return;
    for (const seq of [...this.#timers.keys()]) this.undo(seq);
  }

  #finish(seq) {
    clearTimeout(this.#timers.get(seq));
    this.#timers.delete(seq);
    const stored = this.#chat.remove(seq);
    this.#onChange();
    return stored;
  }
}
