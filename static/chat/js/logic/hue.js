/** A hue in degrees for an id: always the same, and evenly spread (FNV-1a). */
export function hueOf(id) {
  let hash = 0x811c9dc5;
  for (const character of id) {
    hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
  }
  return (hash >>> 0) % 360;
}
