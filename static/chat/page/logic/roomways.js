/**
 * Returns what the menu of a room offers to somebody: "invite", "settings", "leave", "hide" and
 * "delete", in this order. The server decides, in the same way (chat/access/policies.py).
 *
 * @param {Room} room @param {User} user
 */
export function waysIn({ kind, my }, user) {
  if (!my) return [];
  if (kind === "direct") return ["hide"];
  const isOwner = my.role === "owner";
  // Into a room that is open to all, people come by its address.
  const mayInvite = user.kind !== "guest" && (isOwner || (kind === "private" && my.role !== "reader"));
  const ways = { invite: mayInvite, settings: isOwner, leave: true, delete: isOwner };
  return Object.keys(ways).filter((way) => ways[way]);
}

/** Returns the body of the request that makes a room, of what was chosen in a form. */
export function newRoom({ name, access = "public", password }) {
  if (access === "private") return { name, kind: access };
  return access === "password" ? { name, password } : { name };
}

/** Returns the body of the request that changes a room: only what is another in the form. */
export function changesOf(room, { name, topic, access, password = "", noPassword, closed }) {
  const wanted = { name: name.trim(), topic: topic.trim(), kind: access, closed: closed !== undefined };
  const changes = Object.entries(wanted).filter(([key, value]) => room[key] !== value);
  // A private room has none, and whether a public one has is not shown to anybody.
  const isAsked = access === "public" && (noPassword !== undefined || password !== "");
  if (isAsked) changes.push(["password", noPassword === undefined ? password : ""]);
  return Object.fromEntries(changes);
}

/** Returns the body of the request that makes an invitation, of what was chosen in a form. */
export function newInvitation(slug, { days, uses }) {
  const limit = uses === "" ? {} : { max_uses: Number(uses) };
  return { rooms: [slug], expires_in: Number(days) * 86_400, ...limit };
}

/** Returns whether somebody typed the name of a room. */
export function isNameOf(typed, name) {
  const folded = (text) => text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
  return folded(typed) === folded(name);
}
