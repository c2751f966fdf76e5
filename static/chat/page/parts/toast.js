import { part } from "./dom.js";

const SHOWN_MS = 2_000;
let timer = null;
let end = () => {};

/** Shows words at the foot of the page for a while, or until others are; screen readers read them. */
export function showToast(words, { isVisible = true, onEnd = () => {} } = {}) {
  clearTimeout(timer);
  end();
  end = onEnd;
  part("toast").textContent = words;
  part("toast").classList.toggle("shown", isVisible);
  timer = setTimeout(() => {
    part("toast").classList.remove("shown");
    end();
    end = () => {};
  }, SHOWN_MS);
}
