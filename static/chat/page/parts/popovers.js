/** Opens and closes the popovers in browsers that have none: in Firefox before 125, say. */
export function mountPopovers() {
  if ("popover" in HTMLElement.prototype) return;
  const popovers = document.querySelectorAll("[popover]");
  document.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[popovertarget]")?.getAttribute("popovertarget");
    const around = target.closest("[popover]");
    for (const popover of popovers) {
      const isOpen = popover.classList.contains("open");
      const staysOpen = isOpen && popover === around && popover.id !== chosen;
      popover.classList.toggle("open", staysOpen || (!isOpen && popover.id === chosen));
    }
  });
}
