import { copyOf, part } from "../parts/dom.js";

/** Shows the reactions of a message as chips under its text; those that stay are not made anew. */
export function showReactions(element, reactions) {
  const box = part("reactions", element);
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  const known = new Map([...box.children].map((chip) => [chip.dataset.emoji, chip]));
  const chips = reactions.map((reaction) => showChip(known.get(reaction.emoji), reaction));
  for (const chip of known.values()) if (!chips.includes(chip)) chip.remove();
  chips.forEach((chip, index) => {
    if (box.children[index] !== chip) box.insertBefore(chip, box.children[index] ?? null);
  });
  box.hidden = reactions.length === 0;
  // A chip that goes, or goes elsewhere, loses the focus.
  if (focused && focused !== document.activeElement) (focused.isConnected ? focused : element).focus({ preventScroll: true });
}

function showChip(known, { emoji, count, mine }) {
  const chip = known ?? copyOf("chip-template");
  chip.dataset.emoji = emoji;
  chip.ariaPressed = mine;
  part("chip-emoji", chip).textContent = emoji;
  part("chip-count", chip).textContent = count;
  return chip;
}
