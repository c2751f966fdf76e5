// What Django's admin lacks here. No module: those run too late for the first part.

/*
 * One choice of colours for the admin and the chat: the cookie of parts/theme.js. Django's script,
 * which runs next, keeps its own in localStorage; this one fills that in before the page is shown,
 * and writes the cookie when somebody uses Django's button.
 */
(() => {
  const YEAR_S = 365 * 24 * 60 * 60;
  const root = document.documentElement;
  const chosen = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1];

  function keep() {
    const { theme } = root.dataset;
    const age = theme === "auto" ? 0 : YEAR_S;
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
  }

  localStorage.setItem("theme", chosen ?? "auto");
  new MutationObserver(keep).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
})();

/* Narrow lists have no columns (adminlists.css): each cell gets the name of its own. */
document.addEventListener("DOMContentLoaded", () => {
  const heads = [...document.querySelectorAll("#result_list thead th")];
  const names = heads.map((head) => head.querySelector(".text")?.textContent.trim());
  for (const row of document.querySelectorAll("#result_list tbody tr")) {
    [...row.cells].forEach((cell, column) => (cell.dataset.column = names[column] ?? ""));
  }
});
