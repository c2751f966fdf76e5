/** Closes a popover that the focus leaves, and opens and closes them in browsers that have none. */
export function mountPopovers() {
  if ("popover" in HTMLElement.prototype) return closeLeft();
  document.addEventListener("click", ({ target }) => {
    const popovers = document.querySelectorAll("[popover]");
    const chosen = target.closest("[popovertarget]")?.getAttribute("popovertarget");
    const around = target.closest("[popover]");
    for (const popover of popovers) {
      const isOpen = popover.classList.contains("open");
      const staysOpen = isOpen && popover === around && popover.id !== chosen;
      popover.classList.toggle("open", staysOpen || (!isOpen && popover.id === chosen));
    }
  });
}

/**
 * Somebody who goes on by keyboard would move behind the popover. It closes by its own means, as no
 * method is in all browsers (docs/client.md, "Browsers").
 */
function closeLeft() {
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    const popover = target.closest("[popover]:popover-open");
    const isLeft = relatedTarget && !popover?.contains(relatedTarget);
    if (popover && isLeft && relatedTarget.getAttribute("popovertarget") !== popover.id) {
      popover.removeAttribute("popover");
      popover.setAttribute("popover", "");
    }
  });
}
