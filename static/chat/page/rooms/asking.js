import { showWords } from "../parts/dom.js";
import { build } from "./build.js";
import { translate } from "./words.js";

/**
 * Asks in the place of the buttons in an element; where it is cancelled, they are there again.
 * A question about what was chosen in a field leaves the focus there, so that arrow keys go on choosing.
 *
 * @param {Element} place
 * @param {(string | object)[]} question as `showWords` shows it
 * @param {{words: string, act: () => void, isDangerous?: boolean}[]} answers
 * @param {{field: HTMLSelectElement, value: string}} [chosen] the field, and its value if cancelled
 */
export function askInPlace(place, question, answers, chosen) {
  const before = [...place.children];
  const words = build("p", { class: "asking-words" });
  showWords(words, question);
  const buttons = answers.map(({ words: answer, act, isDangerous = false }) => {
    const button = buttonOf(answer, act);
    button.classList.toggle("danger", isDangerous);
    return button;
  });
  const cancel = buttonOf(translate("cancel"), () => {
    place.replaceChildren(...before);
    if (chosen) chosen.field.value = chosen.value;
    (chosen?.field ?? place.querySelector("select, button")).focus();
  });
  const label = words.textContent.replace(/\s+/g, " ");
  place.replaceChildren(build("div", { class: "asking", role: "group", "aria-label": label }, words, ...buttons, cancel));
  if (chosen) words.setAttribute("role", "alert");
  else buttons[0].focus();
}

function buttonOf(words, onClick) {
  const button = build("button", { class: "text-button", type: "button", textContent: words });
  button.addEventListener("click", onClick);
  return button;
}
