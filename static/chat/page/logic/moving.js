import { UNSENT } from "./handover.js";

/**
 * Returns the address that leads where the server redirects this page, with what is unsent in its
 * fragment: a browser keeps that over a redirect, and sends it to no server. Texts alone go along:
 * nothing that says who somebody is.
 */
export function handoverAddress({ origin, pathname }, texts) {
  const unsent = texts.filter((text) => text.trim());
  // With a query it is another page than this one, so that the browser loads it.
  if (unsent.length === 0) return `${pathname}?moved`;
  return `${pathname}?moved#${UNSENT}=${encodeURIComponent(JSON.stringify({ origin, unsent }))}`;
}
