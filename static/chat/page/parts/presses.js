// What the rest of the page (../later.js) listens to, and what is shown before it is there.
const LISTENED_TO = '[data-action="copy-link"], [data-part="header-words"]';

/**
 * Lets a press that comes before the rest of the page wait for it.
 *
 * @param {Later} later
 */
export function holdPresses(later) {
  document.addEventListener("click", ({ target }) => {
    const pressed = later.parts ? null : target.closest(LISTENED_TO);
    if (pressed) later.use(() => pressed.click());
  });
}
