/** Returns the address of a message in the room of this page. */
export function permalinkTo(seq, { origin, pathname } = location) {
  return `${origin}${pathname}?at=${seq}`;
}

/** Returns the seq that an address names in the room of this page, or null. */
export function seqOfPermalink(address, { origin, pathname } = location) {
  const url = new URL(address);
  const seq = url.searchParams.get("at") ?? "";
  const isHere = url.origin === origin && url.pathname === pathname;
  return isHere && /^[1-9]\d{0,14}$/.test(seq) ? Number(seq) : null;
}
