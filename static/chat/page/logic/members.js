const MODERATE = ["owner", "moderator"];
const ROLES = ["owner", "moderator", "member", "reader"];
// A guest can be no more: they may be somebody else tomorrow.
const GUEST_ROLES = ["member", "reader"];

/**
 * Returns who belongs to a room, and what one may do there: `{rows, banned, mayAdd}`. A row is
 * `{user, role, isMe, roles, mayRemove, mayBan}`; `roles` are those that one may give. Who is
 * in a public room without belonging to it has no role, and is in the rows for moderators.
 *
 * @param {{members: object[], present: User[], me: string, kind: string}} room `members` as the
 *   server lists them
 */
export function membersOf({ members, present, me, kind }) {
  const mine = members.find(({ id }) => id === me);
  const own = mine?.role;
  const moderates = MODERATE.includes(own);
  const known = new Set(members.map(({ id }) => id));
  const visitors = moderates && kind === "public" ? present.filter(({ id }) => !known.has(id)) : [];
  const listed = [...members.filter(({ banned }) => !banned), ...visitors];
  return {
    rows: listed.map((user) => rowOf(user, { own, moderates, me })),
    banned: members.filter(({ banned }) => banned),
    // A guest finds nobody.
    mayAdd: kind === "private" && mine !== undefined && own !== "reader" && mine.kind !== "guest",
  };
}

function rowOf(user, { own, moderates, me }) {
  const { id, kind, role = null } = user;
  const isMe = id === me;
  const isBelow = moderates && !isMe && (role !== "owner" || own === "owner");
  const given = kind === "guest" ? GUEST_ROLES : ROLES;
  return {
    user,
    role,
    isMe,
    roles: own === "owner" && !isMe && role ? given : [],
    mayRemove: isBelow && role !== null,
    mayBan: isBelow,
  };
}

/** Returns whether somebody with this role may see who is banned. */
export function mayModerate(role) {
  return MODERATE.includes(role);
}
