import { mountKeys } from "./keys.js";

// It is about a part of a message, and there at once (codecopying.js).
const COPY_CODE = "copy-code";

/**
 * How one asks for what one can do with a message: by a button, by keyboard, and by Up in an empty
 * composer. What happens then is loaded later (actions.js), and with it the way by a long press.
 *
 * @param {RoomView} view @param {Later} later
 */
export function mountGestures({ part }, later) {
  const stream = part("stream");
  const openMenu = (element) => later.use(({ actions }) => actions.openMenu(element));
  stream.addEventListener("click", ({ target }) => {
    const { action, emoji } = target.closest("[data-action]")?.dataset ?? {};
    const element = target.closest(".message");
    if (element && action && action !== COPY_CODE) later.use(({ actions }) => actions.run(action, element, emoji));
  });
  mountKeys(part("scroller"), openMenu, () => part("composer-text").focus());
  part("composer-text").addEventListener("keydown", (event) => {
    if (!isPlainUp(event)) return;
    event.preventDefault();
    later.use(({ actions }) => actions.editLast());
  });
}

function isPlainUp({ key, target, shiftKey, ctrlKey, altKey, metaKey, isComposing }) {
  return key === "ArrowUp" && target.value === "" && !(shiftKey || ctrlKey || altKey || metaKey || isComposing);
}
