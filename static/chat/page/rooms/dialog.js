import { build, iconButton } from "./build.js";
import { translate } from "./words.js";

let made = 0;

/**
 * Opens a dialog over the page, with a title and a button that closes it, as every button with
 * `data-close` does. Returns `{close, focus}`; `focus()` moves the focus to the title. Afterwards the
 * focus goes back to what had it, or, where that is hidden by then, to the first of `openers` that is
 * in view.
 *
 * @param {{title: string, content: Element[], openers: Element[], isLight?: boolean}} dialog `isLight`:
 *   a press beside it closes it, as nothing that was typed or is shown once would be lost
 */
export function openDialog({ title, content, openers, isLight = false }) {
  made += 1;
  const heading = build("h2", { id: `dialog-${made}`, textContent: title, tabIndex: -1 });
  const cross = iconButton("close", translate("close"), "dialog-close");
  const head = build("div", { class: "dialog-head" }, heading, cross);
  const box = build("div", { class: "dialog-box" }, head, ...content);
  const dialog = build("dialog", { class: "dialog", "aria-labelledby": heading.id }, box);
  cross.dataset.close = "";
  dialog.addEventListener("click", ({ target }) => {
    if (target.closest("[data-close]") || (isLight && target === dialog)) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    // What was chosen in a menu is hidden with it.
    if (document.activeElement === document.body) openers.find((each) => each.getClientRects().length > 0)?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { close: () => dialog.close(), focus: () => heading.focus() };
}
