import { hueOf, initialOf } from "../logic/avatar.js";
import { copyOf, isMember, paint, part } from "../parts/dom.js";
import { askInPlace } from "./asking.js";
import { build } from "./build.js";
import { translate, translateParts } from "./words.js";

export const ROLES = { owner: "roleOwner", moderator: "roleModerator", member: "roleMember", reader: "roleReader" };
const MAKE = { owner: "makeOwner", moderator: "makeModerator", member: "makeMember", reader: "makeReader" };

/**
 * Returns the entry of somebody in a room: their name, their role, and what one may do; each of it is
 * done once it is confirmed.
 *
 * @param {object} row as `membersOf` returns it
 * @param {{onRole: (role: string) => void, onHandOver: () => void, onRemove: () => void, onBan: () => void}} on
 */
export function memberRow(row, on) {
  const { user, isMe, mayRemove, mayBan } = row;
  const item = personItem(user);
  part("note", item).textContent = isMe ? translate("you") : "";
  const all = part("ways", item);
  const others = build("span", { class: "row-ways" });
  const ask = (place, key, ...more) => askInPlace(place, translateParts(key, { user: { name: user.name } }), ...more);
  const buttons = [];
  if (mayRemove) {
    const remove = () => ask(all, "removeAsk", [{ words: translate("remove"), act: on.onRemove, isDangerous: true }]);
    buttons.push(wayOf("remove", translate("removeName", { name: user.name }), remove));
  }
  if (mayBan) {
    const ban = () => ask(all, "banAsk", [{ words: translate("ban"), act: on.onBan, isDangerous: true }]);
    buttons.push(wayOf("ban", translate("banName", { name: user.name }), ban));
  }
  const role = roleOf(row, (field) => {
    others.replaceChildren(...buttons);
    const { value } = field;
    if (value !== row.role) ask(others, MAKE[value], waysToGive(row, value, on), { field, value: row.role });
  });
  others.append(...buttons);
  all.append(role, others);
  return item;
}

/** Returns the entry of somebody who is banned. */
export function bannedRow(user, onLetIn) {
  const item = personItem(user);
  part("ways", item).append(wayOf("letIn", translate("letInName", { name: user.name }), onLetIn));
  return item;
}

function waysToGive({ mayHandOver }, role, { onRole, onHandOver }) {
  const give = { words: translate("changeRole"), act: () => onRole(role) };
  const handOver = { words: translate("handOver"), act: onHandOver };
  return role === "owner" && mayHandOver ? [give, handOver] : [give];
}

function personItem(user) {
  const item = copyOf("person-template");
  paint(item, hueOf(user.id));
  part("initial", item).textContent = initialOf(user.name);
  part("name", item).textContent = user.name;
  part("member", item).hidden = !isMember(user);
  item.classList.add("belonging");
  item.dataset.person = user.id;
  item.append(build("span", { class: "row-ways", data: { part: "ways" } }));
  return item;
}

function roleOf({ user, role, roles }, onChoose) {
  if (roles.length === 0) {
    return build("span", { class: "person-note", textContent: role ? translate(ROLES[role]) : translate("visitor") });
  }
  const options = roles.map((each) => build("option", { value: each, textContent: translate(ROLES[each]) }));
  const field = build("select", { class: "role", "aria-label": translate("roleOf", { name: user.name }) }, ...options);
  field.value = role;
  field.addEventListener("change", () => onChoose(field));
  return field;
}

function wayOf(key, label, onClick) {
  const button = build("button", { class: "text-button", type: "button", textContent: translate(key), "aria-label": label });
  button.addEventListener("click", onClick);
  return button;
}
