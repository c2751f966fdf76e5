import { handoverAddress } from "../logic/moving.js";
import { part } from "./dom.js";

/**
 * Shows a link in the banner where the server redirects this page's requests: the site has another
 * address, which no script of this page may read. Nothing is sent there by itself; on plain http
 * whoever answers for the server could do so with a page of their own as well.
 */
export function mountMoving(chat, views) {
  const link = part("banner-move");

  const update = () => {
    link.href = handoverAddress(location, [...views].flatMap(unsentTexts));
  };
  const check = async () => {
    link.hidden = !(await isRedirected()) || chat.state.name === "open";
    if (!link.hidden) update();
  };

  for (const type of ["click", "auxclick"]) link.addEventListener(type, update);
  chat.on("state", ({ name }) => {
    if (name === "waiting") check();
    else if (name === "open") link.hidden = true;
  });
}

function unsentTexts({ chat, part: partOfRoom }) {
  const unsent = chat.snapshot().outbox.filter(({ state }) => state !== "sent");
  return [...unsent.map(({ body }) => body), partOfRoom("composer-text").value];
}

async function isRedirected() {
  try {
    const options = { redirect: "manual", cache: "no-store", credentials: "omit" };
    const { type } = await fetch("/api/v1/origin", options);
    return type === "opaqueredirect";
  } catch {
    return false;
  }
}
