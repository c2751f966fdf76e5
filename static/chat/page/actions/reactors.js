import { reactionWords } from "../logic/reactionwords.js";
import { hovered, isTouch, part, showWords } from "../parts/dom.js";
import { placeBeside } from "./placing.js";

// A chip that was touched keeps the focus until the next touch.
const TOUCHED_MS = 3000;

/** Says who has reacted, beside the chip under the pointer or with the focus. */
export function mountReactors({ chat, part: partOfRoom, messages: { list } }) {
  const tip = part("tip");
  let shown = null;
  let timer = null;
  const show = (chip) => {
    shown = chip?.isConnected ? chip : null;
    tip.hidden = !shown;
    if (!shown) return;
    const message = list.messageAt(chip.closest(".message"));
    const reaction = message.reactions.find(({ emoji }) => emoji === chip.dataset.emoji);
    showWords(tip, reactionWords(reaction, chat.user?.id, namesIn(chat)));
    chip.setAttribute("aria-describedby", tip.id);
    placeBeside(tip, chip.getBoundingClientRect(), { alignsEnd: false, isAbove: true });
  };
  const stream = partOfRoom("stream");
  for (const type of ["pointerover", "focusin"]) {
    stream.addEventListener(type, ({ target }) => {
      show(target.closest(".chip"));
      clearTimeout(timer);
      if (isTouch()) timer = setTimeout(show, TOUCHED_MS, null);
    });
  }
  for (const type of ["pointerleave", "focusout"]) stream.addEventListener(type, () => show(null));
  partOfRoom("scroller").addEventListener("scroll", () => show(null), { passive: true });
  for (const type of ["message", "outbox"]) chat.on(type, () => shown && show(shown));
  show(hovered(".chip"));
}

/** Returns a function that finds the name of somebody who is here or has written. */
function namesIn(chat) {
  const { members, messages } = chat.snapshot();
  const users = [...messages.map(({ author }) => author), ...members];
  const names = new Map(users.map(({ id, name }) => [id, name]));
  return (id) => names.get(id);
}
