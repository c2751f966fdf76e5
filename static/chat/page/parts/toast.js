import { part } from "./dom.js";

const SHOWN_MS = 2_000;
let timer = null;

/** Shows words at the foot of the page for a while; screen readers read them. */
export function showToast(words, { isVisible = true, onEnd = () => {} } = {}) {
  clearTimeout(timer);
  part("toast").textContent = words;
  part("toast").classList.toggle("shown", isVisible);
  timer = setTimeout(() => {
    part("toast").classList.remove("shown");
    onEnd();
  }, SHOWN_MS);
}
