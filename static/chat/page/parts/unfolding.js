import { part } from "./dom.js";

// Who crosses the header on the way to a button does not mean to read it.
const HOVER_MS = 150;

/**
 * Unfolds the header over the messages where the name or topic of the room does not fit in: while
 * the mouse or the focus of the keyboard is there, and from a tap to the next one elsewhere.
 *
 * @param {Views} views of the rooms
 */
export function mountUnfolding(views) {
  const title = part("header-title");
  const words = part("header-words");
  const button = part("header-more");
  let timer = null;

  const isUnfolded = () => title.classList.contains("unfolded");
  const unfold = (isWanted) => {
    clearTimeout(timer);
    const isOpen = isWanted && !button.hidden;
    title.classList.toggle("unfolded", isOpen);
    button.setAttribute("aria-expanded", isOpen);
  };
  const update = () => {
    const wasUnfolded = isUnfolded();
    title.classList.remove("unfolded");
    button.hidden = ![...words.children].some(isCut);
    unfold(wasUnfolded);
  };

  button.addEventListener("click", () => unfold(!isUnfolded()));
  words.addEventListener("click", () => unfold(true));
  title.addEventListener("pointerenter", ({ pointerType }) => {
    if (pointerType === "mouse") timer = setTimeout(unfold, HOVER_MS, true);
  });
  title.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") unfold(false);
  });
  title.addEventListener("focusin", ({ target }) => {
    if (target.matches(":focus-visible")) unfold(true);
  });
  title.addEventListener("focusout", ({ relatedTarget }) => {
    if (!title.contains(relatedTarget)) unfold(false);
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!title.contains(target)) unfold(false);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") unfold(false);
  });
  let width = 0;
  new ResizeObserver(() => {
    if (width !== title.clientWidth) update();
    width = title.clientWidth;
  }).observe(title);
  for (const type of ["shown", "info"]) views.on(type, ({ isShown }) => isShown && update());
  update();
  // The mouse or the focus may have come before this was loaded.
  unfold(title.matches(":hover") || title.querySelector(":focus-visible") !== null);
}

function isCut(element) {
  return element.scrollWidth > element.clientWidth;
}
