import { isolatedName } from "../logic/direction.js";
import { countCharacters, joinedTexts, trimBody } from "../logic/text.js";
import { translate } from "../logic/translate.js";
import { roomLeftText } from "../logic/words.js";
import { clearField, followChosen, meantIn, replaceText } from "./choosing.js";
import { isTouch } from "./dom.js";
import { watchScreenKeyboard } from "./keyboard.js";

/**
 * The field where one writes; what was typed before this is called stays.
 *
 * @param {RoomView} view @param {Drafts} drafts @param {Replying} replying what it replies to
 */
export function mountComposer({ chat, part }, drafts, replying) {
  const composer = part("composer");
  const text = part("composer-text");
  const isOnScreen = watchScreenKeyboard();
  let maximum = Infinity;

  const update = () => {
    fitHeight(text);
    const body = trimBody(text.value);
    const left = maximum - countCharacters(body);
    const canSend = chat.user !== null && body !== "" && left >= 0;
    showCounter(part("composer-counter"), left, maximum);
    part("composer-send").disabled = !canSend;
    return canSend;
  };
  const sendText = () => {
    if (!update()) return;
    chat.post(trimBody(text.value), { ...replying.take(), ...meantIn(text) });
    clearField(text);
    drafts.save("");
    update();
  };

  text.value = joinedTexts(drafts.load(), text.value);
  followChosen(text, drafts.chosen, (places) => drafts.save(text.value, places));
  drafts.save(text.value, drafts.chosen);
  text.addEventListener("input", () => {
    if (update()) chat.typing();
  });
  text.addEventListener("keydown", (event) => {
    if (!isSendKey(event, isOnScreen())) return;
    event.preventDefault();
    sendText();
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    sendText();
    text.focus();
  });
  for (const type of ["joined", "room"]) {
    chat.on(type, ({ info }) => {
      text.placeholder = translate("writeTo", { room: isolatedName(info.name) });
      if (!drafts.moveTo(info.id, info.slug)) return;
      replaceText(text, drafts.load(), drafts.chosen);
      update();
    });
  }
  for (const type of ["welcome", "site"]) {
    chat.on(type, ({ limits }) => {
      maximum = limits.body;
      update();
    });
  }
  update();
}

/**
 * Returns true for the key that sends what was typed. Some browsers report 229 for the Enter that
 * ends the composition of an input method.
 */
export function isSendKey({ key, code, keyCode, isComposing, shiftKey, ctrlKey, metaKey }, isOnScreen) {
  if (key !== "Enter" || isComposing || keyCode === 229 || shiftKey) return false;
  // On most screens the key has no place on a keyboard, also on one that floats over the page.
  return ctrlKey || metaKey || !isTouch() || (code !== "" && !isOnScreen);
}

function showCounter(counter, left, maximum) {
  counter.textContent = roomLeftText(left, maximum);
  counter.hidden = counter.textContent === "";
  counter.classList.toggle("over", left < 0);
}

/** Sizes a field by its content in browsers that cannot. */
export function fitHeight(text) {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}
