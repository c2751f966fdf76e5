import { hueOf, initialOf } from "../logic/avatar.js";
import { isFinal } from "../logic/changes.js";
import { excerptOf } from "../logic/excerpt.js";
import { fullTimeText, isLateEdit, timeParts } from "../logic/times.js";
import { translate } from "../logic/translate.js";
import { failureText } from "../logic/words.js";
import { copyOf, isMember, paint, part, showNodes } from "../parts/dom.js";
import { showBody } from "./body.js";
import { showReactions } from "./chips.js";

/** Returns an element for a message: whether it is one's own, and whether it arrives just now. */
export function messageElement(author, own, fresh) {
  const element = copyOf("message-template");
  element.classList.toggle("fresh", fresh);
  element.classList.toggle("own", own);
  part("own", element).hidden = !own;
  nameElement(element, own);
  showAuthor(element, author);
  return element;
}

let named = 0;

/** Names a message for screen readers by what is at its head: its author, and when it was written. */
function nameElement(element, own) {
  named += 1;
  const parts = own ? ["author", "own", "time"] : ["author", "time"];
  for (const name of parts) part(name, element).id = `message-${named}-${name}`;
  const ids = parts.map((name) => `message-${named}-${name}`);
  element.setAttribute("aria-labelledby", ids.join(" "));
}

/** Shows who wrote a message, under the name that they have now. */
export function showAuthor(element, author) {
  paint(element, hueOf(author.id));
  part("initial", element).textContent = initialOf(author.name);
  part("author", element).textContent = author.name;
  part("member", element).hidden = !isMember(author);
}

/** Shows a message of the room's log, as `withChange` returns it, to the person with the id `me`. */
export function showStored(element, message, me) {
  const { seq, body, at, deleted, error, kind, changeId } = message;
  element.dataset.seq = seq;
  element.dataset.id = changeId ?? message.id;
  element.classList.toggle("deleted", deleted);
  element.classList.toggle("undoable", message.undoable === true);
  showUndo(element, message.undoable === true);
  showState(element, { isPending: message.pending === true, error, kind });
  showTime(element, new Date(at));
  showEdited(element, message);
  showOriginal(element, message);
  showReactions(element, deleted ? [] : message.reactions);
  element.classList.toggle("mentions-me", message.mentionsMe);
  if (deleted) showBody(element, translate("messageDeleted"), { format: "plain" });
  else showBody(element, body, message, me);
}

/** Shows a message of the outbox, as `withChange` returns it. */
export function showUnsent(element, message) {
  const { id, changeId, body, at, state, error, kind } = message;
  element.dataset.id = changeId ?? id;
  showState(element, { isPending: state === "waiting" || state === "sending", error, kind });
  showTime(element, new Date(at));
  showOriginal(element, message);
  showBody(element, body, message);
}

function showUndo(element, isUndoable) {
  const button = part("undo", element);
  // The button vanishes, and the focus would with it.
  if (!isUndoable && button === document.activeElement) element.focus({ preventScroll: true });
  button.hidden = !isUndoable;
}

function showState(element, { isPending, error, kind }) {
  const isEdit = kind === "edit";
  element.classList.toggle("pending", isPending);
  element.classList.toggle("failed", Boolean(error));
  part("pending", element).hidden = !isPending;
  part("failed", element).hidden = !error;
  if (!error) return;
  part("reason", element).textContent = failureText(error, kind);
  part("retry", element).hidden = isFinal(error);
  part("retry", element).textContent = isEdit ? translate("editAgain") : translate("tryAgain");
}

function showEdited(element, message) {
  const isShown = !message.deleted && isLateEdit(message);
  const edited = part("edited", element);
  edited.hidden = !isShown;
  if (isShown) edited.title = translate("editedAt", { time: fullTimeText(new Date(message.edited_at)) });
}

/** Shows what a message replies to, above it; `original` is null where it is not known. */
function showOriginal(element, { reply_to, original, deleted }) {
  const line = part("original", element);
  line.hidden = !reply_to || deleted;
  element.classList.toggle("replies", !line.hidden);
  if (line.hidden) return;
  if (original) paint(line, hueOf(original.author.id));
  part("original-author", line).textContent = original?.author.name ?? "";
  part("original-words", line).textContent = originalText(original);
}

function originalText(original) {
  if (!original) return translate("earlierMessage");
  return original.deleted ? translate("messageDeleted") : excerptOf(original);
}

/** Shows when a message was written. */
export function showTime(element, date) {
  const time = part("time", element);
  time.dateTime = date.toISOString();
  time.title = fullTimeText(date);
  const { before, clock, after } = timeParts(date);
  showNodes(time, [...asideNodes(before), clock, ...asideNodes(after)]);
}

/** What a continued message does not show: there is room for the hour and minute alone. */
function asideNodes(text) {
  if (text === "") return [];
  const aside = document.createElement("span");
  aside.className = "message-time-aside";
  aside.textContent = text;
  return [aside];
}
