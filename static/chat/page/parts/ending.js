import { copyOf, part } from "./dom.js";
import { remedyButton } from "./remedies.js";
import { showUnsent } from "./unsent.js";

/**
 * Returns a function that shows why the visit has ended in the place of the room, with what was
 * not sent, or the room again where it is null; see `endingFor`.
 */
export function mountEnding(view, storage) {
  let shown = null;

  return (ending) => {
    view.setEnded(ending !== null);
    if (ending && ending.words === shown?.words) return;
    shown?.element.remove();
    shown = ending && { words: ending.words, element: endingElement(ending, view, storage) };
    if (!shown) return;
    view.part("scroller").before(shown.element);
    // What had the focus is gone, and a screen reader reads what has it now. Not a button: somebody
    // may be typing.
    if (view.isShown) shown.element.focus();
  };
}

function endingElement({ title, words, comesBack, remedies }, view, storage) {
  const element = copyOf("ending-template");
  element.setAttribute("aria-label", title);
  part("ending-title", element).textContent = title;
  part("ending-words", element).textContent = words;
  showUnsent(comesBack ? [] : unsentTexts(view), element);
  const buttons = remedies.map((remedy, index) =>
    remedyButton(remedy, index === 0 ? "button" : "text-button", view, storage),
  );
  part("ending-ways", element).replaceChildren(...buttons);
  return element;
}

function unsentTexts({ chat, part }) {
  const unsent = chat.snapshot().outbox.filter(({ state }) => state !== "sent");
  return [...unsent.map(({ body }) => body), part("composer-text").value];
}
