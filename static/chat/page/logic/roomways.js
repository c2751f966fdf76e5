/**
 * Returns what the menu of a room offers to whom it was sent: "invite", "hear", "settings", "leave",
 * "hide" and "delete", in this order. What somebody may do, the server says. Only members choose what
 * they hear of: it is the list of rooms that tells.
 *
 * @param {Room} room
 */
export function waysIn({ kind, has_password: hasPassword, my }, isMember) {
  if (!my) return [];
  if (kind === "direct") return ["hear", "hide"];
  const may = new Set(my.may);
  // Into a room that is open to all, people come by its address.
  const mayInvite = may.has("invite") && (kind === "private" || hasPassword || may.has("manage"));
  const ways = { invite: mayInvite, hear: isMember, settings: may.has("manage"), leave: true, delete: may.has("manage") };
  return Object.keys(ways).filter((way) => ways[way]);
}

/** Returns who comes into a room, as its settings ask for it: "public", "password" or "private". */
export function accessOf({ kind, has_password: hasPassword }) {
  return kind === "public" && hasPassword ? "password" : kind;
}

/** Returns the invitations that still let people into a room, as far as is known. */
export function standingIn(invitations, room, now) {
  return invitations.filter(({ rooms, revoked_at: revoked, expires_at: end, uses, max_uses: most }) => {
    const isOpen = revoked === null && Date.parse(end) > now && (most === null || uses < most);
    return isOpen && rooms.some(({ id }) => id === room.id);
  });
}

/** Returns the body of the request that makes a room, of what was chosen in a form. */
export function newRoom({ name, access = "public", password }) {
  if (access === "private") return { name, kind: access };
  return access === "password" ? { name, password } : { name };
}

/** Returns the body of the request that changes a room: only what is another in the form. */
export function changesOf(room, { name, topic, access, password = "", closed }) {
  const kind = access === "private" ? access : "public";
  const wanted = { name: name.trim(), topic: topic.trim(), kind, closed: closed !== undefined };
  const changes = Object.entries(wanted).filter(([key, value]) => room[key] !== value);
  if (access === "password" && password !== "") changes.push(["password", password]);
  // A room that becomes private loses it.
  if (access === "public" && room.has_password) changes.push(["password", ""]);
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
