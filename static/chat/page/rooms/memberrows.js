import { hueOf, initialOf } from "../logic/avatar.js";
import { copyOf, isMember, paint, part, showWords } from "../parts/dom.js";
import { build } from "./build.js";
import { translate, translateParts } from "./words.js";

const ROLES = { owner: "roleOwner", moderator: "roleModerator", member: "roleMember", reader: "roleReader" };
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
  const ways = [];
  const item = personItem(user);
  part("note", item).textContent = isMe ? translate("you") : "";
  const ask = (...question) => askIn(item, user, ...question);
  ways.push(roleOf(row, (role) => ask(MAKE[role], waysToGive(role, on))));
  if (mayRemove) {
    const remove = () => ask("removeAsk", [["remove", on.onRemove, "danger"]]);
    ways.push(wayOf("remove", translate("removeName", { name: user.name }), remove));
  }
  if (mayBan) {
    const ban = () => ask("banAsk", [["ban", on.onBan, "danger"]]);
    ways.push(wayOf("ban", translate("banName", { name: user.name }), ban));
  }
  part("ways", item).replaceChildren(...ways);
  return item;
}

/** Returns the entry of somebody who is banned. */
export function bannedRow(user, onLetIn) {
  const item = personItem(user);
  part("ways", item).append(wayOf("letIn", translate("letInName", { name: user.name }), onLetIn));
  return item;
}

function waysToGive(role, { onRole, onHandOver }) {
  const give = ["changeRole", () => onRole(role)];
  return role === "owner" ? [give, ["handOver", onHandOver]] : [give];
}

function personItem(user) {
  const item = copyOf("person-template");
  paint(item, hueOf(user.id));
  part("initial", item).textContent = initialOf(user.name);
  part("name", item).textContent = user.name;
  part("member", item).hidden = !isMember(user);
  item.classList.add("belonging");
  item.dataset.person = user.id;
  item.append(build("span", { class: "belonging-ways", data: { part: "ways" } }));
  return item;
}

function roleOf({ user, role, roles }, onChoose) {
  if (roles.length === 0) {
    return build("span", { class: "person-note", textContent: role ? translate(ROLES[role]) : translate("visitor") });
  }
  const options = roles.map((each) => build("option", { value: each, textContent: translate(ROLES[each]) }));
  const field = build("select", { class: "role", "aria-label": translate("roleOf", { name: user.name }) }, ...options);
  field.value = role;
  field.dataset.role = role;
  field.addEventListener("change", () => onChoose(field.value));
  return field;
}

function wayOf(key, label, onClick) {
  const button = build("button", { class: "text-button", type: "button", textContent: translate(key), "aria-label": label });
  button.addEventListener("click", onClick);
  return button;
}

/** Asks in the place of what one may do; where it is cancelled, that is there again. */
function askIn(item, { name }, key, answers) {
  const ways = part("ways", item);
  const before = [...ways.children];
  const words = build("p", { class: "belonging-ask" });
  showWords(words, translateParts(key, { user: { name } }));
  const buttons = answers.map(([answer, act, kind]) => {
    const button = build("button", { class: ["text-button", ...(kind ? [kind] : [])], type: "button", textContent: translate(answer) });
    button.addEventListener("click", act);
    return button;
  });
  const cancel = build("button", { class: "text-button", type: "button", textContent: translate("cancel") });
  cancel.addEventListener("click", () => {
    const field = before.find((each) => each.matches("select"));
    if (field) field.value = field.dataset.role;
    item.classList.remove("asking");
    ways.replaceChildren(...before);
    ways.querySelector("select, button").focus();
  });
  const question = build("div", { class: "belonging-question", role: "group", "aria-label": words.textContent.replace(/\s+/g, " ") }, words, ...buttons, cancel);
  item.classList.add("asking");
  ways.replaceChildren(question);
  buttons[0].focus();
}
