import { loadItem, storeItem } from "../../client/base/storage.js";
import { part } from "./dom.js";

const KEY = "chat:people-closed";

/** Closes the list of people where it is beside the messages, and keeps it closed in this browser. */
export function mountPeoplePanel({ local }) {
  const wide = matchMedia("(width >= 64rem)");
  const show = (isClosed) => document.body.classList.toggle("people-closed", isClosed);
  const close = (isClosed, event) => {
    if (!wide.matches) return;
    // There it is no popover.
    event.preventDefault();
    storeItem(local, KEY, isClosed);
    show(isClosed);
    part(isClosed ? "people-button" : "people-close").focus();
  };
  part("people-close").addEventListener("click", (event) => close(true, event));
  part("people-button").addEventListener("click", (event) => close(false, event));
  show(loadItem(local, KEY) === true);
}
