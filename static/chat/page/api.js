/** The page of the API: Swagger UI on the site's own document, in the theme chosen here. */

const element = document.getElementById("api");
const settings = JSON.parse(document.getElementById("swagger").textContent);
const dark = globalThis.matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI has a class for what the rest of the site leaves to `color-scheme`. */
function applyTheme() {
  const root = document.documentElement;
  const theme = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  root.classList.toggle("dark-mode", theme === "dark");
}

/** A write by a signed-in person needs the CSRF token; one with a bearer token does not. */
function addCsrfToken(request) {
  if (new URL(request.url, location.href).origin === location.origin) {
    request.headers["X-CSRFToken"] = element.dataset.csrfToken;
  }
  return request;
}

applyTheme();
dark.addEventListener("change", applyTheme);
globalThis.SwaggerUIBundle({
  ...settings,
  domNode: element,
  presets: [globalThis.SwaggerUIBundle.presets.apis],
  requestInterceptor: addCsrfToken,
});
