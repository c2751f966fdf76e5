const KEY = "unsent";

/**
 * Returns the address that leads where the server redirects this page, with what is unsent in its
 * fragment: a browser keeps that over a redirect, and sends it to no server. Texts alone go along:
 * nothing that says who somebody is.
 */
export function handoverAddress({ origin, pathname }, texts) {
  const unsent = texts.filter((text) => text.trim());
  // With a query it is another page than this one, so that the browser loads it.
  if (unsent.length === 0) return `${pathname}?moved`;
  return `${pathname}?moved#${KEY}=${encodeURIComponent(JSON.stringify({ origin, unsent }))}`;
}

/** Returns the texts that a page at another address handed over; those of this origin are here. */
export function textsHandedOver({ origin, hash }) {
  try {
    const [key, value] = hash.slice(1).split("=");
    const handed = key === KEY ? JSON.parse(decodeURIComponent(value)) : {};
    const isForeign = handed.origin !== origin && Array.isArray(handed.unsent);
    return isForeign ? handed.unsent.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}
