import { hueOf, initialOf } from "../logic/avatar.js";
import { isEmojiOnly } from "../logic/text.js";
import { fullTimeText, timeParts } from "../logic/times.js";
import { translate } from "../logic/translate.js";
import { failureText } from "../logic/words.js";
import { copyOf, isMember, paint, part } from "../parts/dom.js";
import { showText } from "../parts/text.js";

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

/** Shows a message of the room's log. */
export function showStored(element, { body, at, deleted }) {
  element.classList.remove("pending", "failed");
  element.classList.toggle("deleted", deleted);
  part("pending", element).hidden = part("failed", element).hidden = true;
  showTime(element, new Date(at));
  showBody(element, deleted ? translate("messageDeleted") : body);
}

/** Shows a message of the outbox. */
export function showUnsent(element, { id, body, at, state, error }) {
  element.dataset.id = id;
  element.classList.toggle("pending", state === "waiting" || state === "sending");
  element.classList.toggle("failed", state === "failed");
  part("pending", element).hidden = state === "sent" || state === "failed";
  part("failed", element).hidden = state !== "failed";
  part("reason", element).textContent = error ? failureText(error) : "";
  showTime(element, new Date(at));
  showBody(element, body);
}

/** Shows when a message was written. */
export function showTime(element, date) {
  const time = part("time", element);
  time.dateTime = date.toISOString();
  time.title = fullTimeText(date);
  const { before, clock, after } = timeParts(date);
  time.replaceChildren(...asideNodes(before), clock, ...asideNodes(after));
}

/** What a continued message does not show: there is room for the hour and minute alone. */
function asideNodes(text) {
  if (text === "") return [];
  const aside = document.createElement("span");
  aside.className = "message-time-aside";
  aside.textContent = text;
  return [aside];
}

function showBody(element, text) {
  const body = part("body", element);
  if (body.dataset.text === text) return;
  body.dataset.text = text;
  body.classList.toggle("large", isEmojiOnly(text));
  showText(body, text);
}
