import { isTouch, part } from "./dom.js";
import { Drafts } from "./drafts.js";
import { countCharacters, trimBody } from "./logic/text.js";
import { roomLeftText } from "./logic/words.js";

/** Where one writes. */
export function mountComposer(here, storage) {
  const composer = part("composer");
  const text = part("composer-text");
  const drafts = new Drafts(storage);

  const update = () => {
    fit(text);
    const body = trimBody(text.value);
    const limit = here.limits?.body ?? Infinity;
    const left = limit - countCharacters(body);
    const sendable = here.user !== null && body !== "" && left >= 0;
    showCounter(left, limit);
    part("composer-send").disabled = !sendable;
    return sendable;
  };
  const send = () => {
    if (!update()) return;
    here.send(trimBody(text.value));
    text.value = "";
    drafts.save(here.slug, "");
    update();
  };

  text.addEventListener("input", () => {
    drafts.save(here.slug, text.value);
    if (update()) here.typing();
  });
  text.addEventListener("keydown", (event) => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    send();
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    text.focus();
  });
  for (const type of ["joined", "room"]) {
    here.on(type, ({ info }) => (text.placeholder = `Write to ${info.name}`));
  }
  for (const type of ["welcome", "site"]) here.on(type, update);
  text.value = drafts.load(here.slug);
  update();
  if (!isTouch()) text.focus();
}

/** 229 is what some browsers tell for the Enter that ends an input method's composing. */
function isSendKey({ key, keyCode, isComposing, shiftKey, ctrlKey, metaKey }) {
  if (key !== "Enter" || isComposing || keyCode === 229 || shiftKey) return false;
  return ctrlKey || metaKey || !isTouch();
}

function showCounter(left, limit) {
  const counter = part("composer-counter");
  counter.textContent = roomLeftText(left, limit);
  counter.hidden = counter.textContent === "";
  counter.classList.toggle("over", left < 0);
}

/** For browsers that cannot size a field by its content. */
function fit(text) {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}
