const DIALOG = "dialog[open]";

/** Returns whether something is open over the page. */
export function isAnyOpen() {
  const hasPopovers = CSS.supports("selector(:popover-open)");
  return document.querySelector(hasPopovers ? `${DIALOG}, [popover]:popover-open` : `${DIALOG}, [popover].open`) !== null;
}

export function closeDialogs() {
  for (const dialog of document.querySelectorAll(DIALOG)) dialog.close();
}
