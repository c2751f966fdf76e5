// What the fragment of the address is called.
export const UNSENT = "unsent";

/** Returns the texts that a page at another address handed over; those of this origin are here. */
export function textsHandedOver({ origin, hash }) {
  try {
    const [key, value] = hash.slice(1).split("=");
    const handed = key === UNSENT ? JSON.parse(decodeURIComponent(value)) : {};
    const isForeign = handed.origin !== origin && Array.isArray(handed.unsent);
    return isForeign ? handed.unsent.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}
