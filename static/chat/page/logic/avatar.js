// Firefox has it since 2024.
const GRAPHEMES = Intl.Segmenter && new Intl.Segmenter();
const CHARACTER = /^\P{M}\p{M}*/u;

/** Returns a hue in degrees for an id: always the same, and evenly spread (FNV-1a). */
export function hueOf(id) {
  let hash = 0x811c9dc5;
  for (const character of id) {
    hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
  }
  return (hash >>> 0) % 360;
}

/** Returns the first grapheme of a name, as a capital. */
export function initialOf(name) {
  const [first] = GRAPHEMES ? GRAPHEMES.segment(name) : name.match(CHARACTER) ?? [];
  return (first?.segment ?? first ?? "").toLocaleUpperCase();
}
