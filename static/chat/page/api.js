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

const all = (selector) => element.querySelectorAll(selector);

/**
 * Gives a name to what Swagger UI makes without one, or with one that is not what it shows, and
 * the keyboard a way to scroll what is wider than its box.
 */
function completeParts() {
  for (const example of all("pre")) example.tabIndex = 0;
  for (const field of all("select, textarea, input")) {
    const isNamed = field.ariaLabel || (field.labels.length > 0 && field.id !== "servers");
    if (!isNamed) field.ariaLabel = fieldName(field);
  }
  for (const table of all(".responses-table:not([aria-label])")) {
    const operation = table.closest(".opblock").querySelector(".opblock-summary-control");
    table.ariaLabel = `Responses: ${operation.textContent}`;
  }
  for (const button of all(".close-modal")) button.ariaLabel = "Close";
  for (const button of all('[aria-label="Apply credentials"]')) {
    button.ariaLabel = `${button.textContent}: apply credentials`;
  }
}

function fieldName(field) {
  const parameter = field.closest("[data-param-name]")?.dataset.paramName;
  if (parameter) return parameter;
  return field.id === "servers" ? "Server" : field.placeholder || field.title || "Request body";
}

new MutationObserver(completeParts).observe(element, { childList: true, subtree: true });
applyTheme();
dark.addEventListener("change", applyTheme);
globalThis.SwaggerUIBundle({
  ...settings,
  domNode: element,
  presets: [globalThis.SwaggerUIBundle.presets.apis],
  requestInterceptor: addCsrfToken,
});
