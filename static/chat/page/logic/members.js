const ROLES = ["owner", "moderator", "member", "reader"];
// A guest can be no more: they may be somebody else tomorrow.
const GUEST_ROLES = ["member", "reader"];

/**
 * Returns who belongs to a room, and what one may do there: `{rows, banned, mayAdd}`. A row is
 * `{user, role, isMe, roles, mayHandOver, mayRemove, mayBan}`; `roles` are those that one may give.
 * Who is in a public room without belonging to it has no role, and is in the rows for moderators.
 *
 * @param {{members: object[], present: User[], me: string, kind: string, my?: Membership}} room
 *   `members` as the server lists them
 */
export function membersOf({ members, present, me, kind, my }) {
  const may = new Set(my?.may);
  const moderates = may.has("moderate");
  const known = new Set(members.map(({ id }) => id));
  const visitors = moderates && kind === "public" ? present.filter(({ id }) => !known.has(id)) : [];
  const listed = [...members.filter(({ banned }) => !banned), ...visitors];
  return {
    rows: listed.map((user) => rowOf(user, { my, may, me })),
    banned: members.filter(({ banned }) => banned),
    // Into a public room people come by themselves.
    mayAdd: kind === "private" && may.has("invite"),
  };
}

function rowOf(user, { my, may, me }) {
  const { id, kind, role = null } = user;
  const isMe = id === me;
  const isBelow = !isMe && may.has(role === "owner" ? "manage" : "moderate");
  const given = kind === "guest" ? GUEST_ROLES : ROLES;
  return {
    user,
    role,
    isMe,
    roles: may.has("manage") && !isMe && role ? given : [],
    mayHandOver: my?.role === "owner",
    mayRemove: isBelow && role !== null,
    mayBan: isBelow,
  };
}
