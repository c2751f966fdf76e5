import { part } from "./dom.js";

const YEAR_S = 365 * 24 * 60 * 60;

/** The choice between light, dark and the system's colours; the server reads it from the cookie. */
export function mountTheme() {
  const chosen = document.documentElement.dataset.theme ?? "system";
  const choice = part("theme");
  // It may be chosen before this is loaded.
  const early = choice.querySelector(":checked");
  if (early) choose(early.value);
  else choice.querySelector(`[value="${chosen}"]`).checked = true;
  choice.addEventListener("change", ({ target }) => choose(target.value));
}

function choose(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const age = theme === "system" ? 0 : YEAR_S;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
}
