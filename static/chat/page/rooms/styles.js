import { part } from "../parts/dom.js";

let loading = null;

/** Resolves once the styles of the list of rooms are there; people who have one get them at once. */
export function loadStyles() {
  const address = part("rooms-shown").dataset.styles;
  if (!address) return Promise.resolve();
  loading ??= new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  return loading;
}
