/**
 * A room as the list shows it: `{id, slug, name, isDirect, people, hasPassword, isUnread,
 * mentions, isMuted}`, where `people` has the ids of the others in a direct room.
 *
 * @typedef {object} Entry
 */

/**
 * Returns the entries of the rooms that somebody has, or has visited: rooms by name, then direct
 * messages by name. One that was hidden is among them while anything in it is unread, or it is open.
 *
 * @param {{listed: object[], visited: {id: string, slug: string, name: string}[], open: object[], me?: string}} known
 *   `listed` as `chat.list`; `open`: `{id, slug, name, unread, mentions}` of the rooms on the page
 * @returns {Entry[]}
 */
export function entriesOf({ listed, visited, open, me }) {
  // By their ids: a room that was visited may have another address by now.
  const entries = new Map(visited.map((room) => [room.id, room]));
  const own = new Map(listed.map((each) => [each.room.id, listedEntry(each, me)]));
  for (const { room, hidden, unread } of listed) if (!hidden || unread > 0) entries.set(room.id, own.get(room.id));
  const known = [...listed.map(({ room }) => room), ...visited];
  for (const { id, slug, name, ...counts } of open) {
    // What was never in the list may have no id yet.
    const key = id ?? known.find((room) => room.slug === slug)?.id ?? slug;
    const entry = own.get(key) ?? entries.get(key);
    entries.set(key, { ...entry, id, slug, name: entry?.isDirect ? entry.name : name, ...countsNow(entry, counts) });
  }
  const all = [...entries.values()].map((entry) => ({ ...plain, ...entry }));
  return all.sort((a, b) => a.isDirect - b.isDirect || a.name.localeCompare(b.name));
}

const plain = { isDirect: false, people: [], hasPassword: false, isUnread: false, mentions: 0, isMuted: false };

function listedEntry({ room, people = [], unread, mentions, level }, me) {
  const isDirect = room.kind === "direct";
  const others = people.filter(({ id }) => id !== me);
  const isMuted = level === "nothing";
  return {
    id: room.id,
    slug: room.slug,
    name: isDirect && others.length > 0 ? others.map((each) => each.name).join(", ") : room.name,
    isDirect,
    people: others.map(({ id }) => id),
    hasPassword: room.has_password === true,
    isUnread: !isMuted && (level === "mentions" ? mentions : unread) > 0,
    mentions: isMuted ? 0 : mentions,
    isMuted,
  };
}

/** What is open is counted on the page, unless the server counts it, which knows the other devices. */
function countsNow(known, { isRead, unread, mentions }) {
  if (isRead) return { isUnread: false, mentions: 0 };
  if (known?.isUnread !== undefined) return {};
  return { isUnread: unread > 0, mentions };
}

/** Returns the entry above (`step` -1) or below (1) the one with this slug, in a circle. */
export function neighbourOf(entries, slug, step, { isUnread = false } = {}) {
  const start = entries.findIndex((entry) => entry.slug === slug);
  for (let moved = 1; moved <= entries.length; moved += 1) {
    const entry = entries.at((start + step * moved) % entries.length);
    if (entry.slug !== slug && (!isUnread || entry.isUnread)) return entry;
  }
  return null;
}

/** Returns what the title says of the other rooms: how many mentions, and whether any is unread. */
export function elsewhere(entries, slug) {
  const others = entries.filter((entry) => entry.slug !== slug);
  const mentions = others.reduce((sum, entry) => sum + entry.mentions, 0);
  return { mentions, isUnread: others.some(({ isUnread }) => isUnread) };
}

/** Returns the entries whose words begin with the letters, else that have them; recent ones first. */
export function findEntries(entries, letters, recent) {
  const wanted = foldedOf(letters.trim());
  const place = ({ id }) => (recent.indexOf(id) + recent.length + 1) % (recent.length + 1);
  const rank = ({ name }) => {
    const text = foldedOf(name);
    if (text.startsWith(wanted)) return 0;
    if (text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 1;
    return text.includes(wanted) ? 2 : 3;
  };
  const found = entries.map((entry) => ({ entry, rank: rank(entry), place: place(entry) }));
  return found
    .filter((each) => each.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .map(({ entry }) => entry);
}

function foldedOf(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
