import { EDIT_ENDED } from "../logic/changes.js";
import { placesOf } from "../logic/mentioned.js";
import { countCharacters, joinedTexts, trimBody } from "../logic/text.js";
import { roomLeftText } from "../logic/words.js";
import { followChosen, meantIn } from "../parts/choosing.js";
import { fitHeight, isSendKey } from "../parts/composer.js";
import { copyOf, isTouch, part } from "../parts/dom.js";
import { watchScreenKeyboard } from "../parts/keyboard.js";

/**
 * Edits a message in its place. What is typed is kept until it is saved or given up: over a reload,
 * and where the message is not on the page for a while.
 */
export class Editor {
  #chat;
  #part;
  #standing;
  #drafts;
  #onChange;
  #isOnScreen = watchScreenKeyboard();
  #open = null;
  #refused = [];

  /** @param {RoomView} view @param {() => void} onChange is called when `changes` are others */
  constructor({ chat, part, standing, editDrafts }, onChange) {
    this.#chat = chat;
    this.#part = part;
    this.#standing = standing;
    this.#drafts = editDrafts;
    this.#onChange = onChange;
    part("editing-cancel").addEventListener("click", () => this.#cancel());
    part("editing-save").addEventListener("click", () => this.#save());
  }

  /** The message that is edited now, by its seq or its id; null for none. */
  get of() {
    return this.#open?.form.isConnected ? this.#open.of : null;
  }

  /**
   * Shows the field in the place of a message's text, with what was typed there before.
   *
   * @param {Element} element
   * @param {{of: number | string, body: string, base?: number, mentions?: object[], typed?: string}}
   *   message `typed` is what is in the field where nothing else was typed yet
   */
  open(element, { of, body, base, mentions = [], typed = body }, { isAsked = true } = {}) {
    if (this.of === of) return this.#field.focus();
    this.#close();
    const form = copyOf("editor-template");
    const draft = this.#drafts.find(of);
    this.#open = { of, base: draft ? draft.base : base, body, element, form };
    part("body", element).after(form);
    element.classList.add("edited-now");
    this.#part("editing").parentElement.classList.add("editing-now");
    this.#field.value = draft?.body ?? typed;
    this.#listen(form, draft?.places ?? placesOf(typed, mentions));
    this.#update();
    if (!isAsked) return;
    this.#field.focus({ preventScroll: true });
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
    element.scrollIntoView({ block: "nearest" });
  }

  /** What was typed in edits that cannot be made any more, like the failed changes of a snapshot. */
  get changes() {
    return this.#refused;
  }

  /**
   * Shows the last edit that was not ended again, where its message is on the page anew; those that
   * cannot be made any more are in `changes`.
   *
   * @param {(of: number | string) => object?} find returns `{element, of, body, isEditable}` of a message
   */
  reopen(find) {
    this.follow(find);
    this.#giveUpFormer();
    if (this.of !== null) return;
    this.#close();
    // Else what is typed would be taken for what the messages say.
    this.#setRefused([]);
    const found = this.#drafts.all.map((draft) => ({ draft, place: find(draft.of) }));
    const isSame = ({ draft, place }) => place?.body === draft.body;
    for (const { draft } of found.filter(isSame)) this.#drafts.drop(draft.of);
    const changed = found.filter((each) => !isSame(each));
    this.#setRefused(changed.filter(({ place }) => place?.isEditable === false).map(refusedChange));
    const { draft, place } = changed.at(-1) ?? {};
    if (place?.isEditable) this.open(place.element, { ...draft, body: place.body }, { isAsked: false });
  }

  /** Notes the seqs of messages that were sent while they were edited. */
  follow(find) {
    const sent = this.#drafts.all.filter(({ of }) => typeof of === "string");
    for (const { of: id } of sent) {
      const seq = find(id)?.of ?? id;
      if (seq === id) continue;
      if (this.#open?.of === id) this.#open.of = seq;
      this.#drafts.rename(id, seq, this.#epoch);
    }
  }

  /** After a backup was restored, other messages have the seqs: the words go to the composer. */
  #giveUpFormer() {
    if (!this.#epoch) return;
    const words = this.#drafts.takeFormer(this.#epoch);
    if (typeof this.of === "number" && !this.#drafts.find(this.of)) this.#close();
    if (words.length === 0) return;
    const field = this.#part("composer-text");
    field.value = joinedTexts(field.value, ...words);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The log that seqs are of. */
  get #epoch() {
    return this.#chat.snapshot().info?.epoch;
  }

  /** Gives up what was typed in an edit that is among the `changes`. */
  discard(changeId) {
    const refused = this.#refused.find(({ id }) => id === changeId);
    if (!refused) return;
    this.#drafts.drop(refused.of);
    this.#setRefused(this.#refused.filter((each) => each !== refused));
  }

  /** True while nothing is typed that only this page has. */
  get isKept() {
    return this.of === null || this.#field.value === this.#open.body;
  }

  get #field() {
    return part("editor-text", this.#open.form);
  }

  #setRefused(refused) {
    if (refused.length === 0 && this.#refused.length === 0) return;
    this.#refused = refused;
    this.#onChange();
  }

  #listen(form, places) {
    const keep = (now) => {
      const { of, base, body: former } = this.#open;
      this.#drafts.save({ of, body: this.#field.value, base, places: now, epoch: this.#epoch, former });
    };
    followChosen(this.#field, places, keep);
    keep(places);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    part("editor-cancel", form).addEventListener("click", () => this.#cancel());
    this.#field.addEventListener("input", () => this.#update());
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event) {
    const isEnd = event.key === "Escape" && !event.isComposing;
    if (!isEnd && !isSendKey(event, this.#isOnScreen())) return;
    event.preventDefault();
    if (isEnd) this.#cancel();
    else this.#save();
  }

  /** Returns whether what is typed can be saved. */
  #update() {
    const { maximum } = this.#standing;
    const body = trimBody(this.#field.value);
    const left = maximum - countCharacters(body);
    const counter = part("editor-counter", this.#open.form);
    fitHeight(this.#field);
    counter.textContent = roomLeftText(left, maximum);
    counter.classList.toggle("over", left < 0);
    const canSave = body !== "" && left >= 0;
    for (const button of [part("editor-save", this.#open.form), this.#part("editing-save")]) button.disabled = !canSave;
    return canSave;
  }

  #save() {
    if (!this.#update()) return;
    const { of, base, body } = this.#open;
    const typed = trimBody(this.#field.value);
    if (typed !== body) this.#chat.edit(of, typed, { base, ...meantIn(this.#field) });
    this.#end();
  }

  #cancel() {
    if (this.#open) this.#end();
  }

  /** Ends the edit for good. */
  #end() {
    this.#drafts.drop(this.#open.of);
    this.#close();
    if (!isTouch()) this.#part("composer-text").focus({ preventScroll: true });
  }

  #close() {
    this.#open?.form.remove();
    this.#open?.element.classList.remove("edited-now");
    this.#part("editing").parentElement.classList.remove("editing-now");
    this.#open = null;
  }
}

function refusedChange({ draft: { of, body } }) {
  return { id: `draft/${of}`, kind: "edit", of, body, state: "failed", error: { code: EDIT_ENDED } };
}
