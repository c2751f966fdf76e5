/** The page of the API: Swagger UI on the site's own document, in the colours chosen here. */

const place = document.getElementById("api");
const settings = JSON.parse(document.getElementById("swagger").textContent);
const dark = globalThis.matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI has a class for what the rest of the site leaves to `color-scheme`. */
function follow() {
  const root = document.documentElement;
  const theme = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  root.classList.toggle("dark-mode", theme === "dark");
}

/** Who is signed in on this site writes with the CSRF token; a bearer token needs none. */
function prove(request) {
  if (new URL(request.url, location.href).origin === location.origin) {
    request.headers["X-CSRFToken"] = place.dataset.csrfToken;
  }
  return request;
}

follow();
dark.addEventListener("change", follow);
globalThis.SwaggerUIBundle({
  ...settings,
  domNode: place,
  presets: [globalThis.SwaggerUIBundle.presets.apis],
  requestInterceptor: prove,
});
