import { hueOf, initialOf } from "../logic/avatar.js";
import { translate } from "../logic/translate.js";
import { peopleText } from "../logic/words.js";
import { copyOf, isMember, paint, part } from "./dom.js";

/** The list of who is in the room that is shown. */
export function mountPeople(chat, views) {
  const show = ({ isShown, people: { members, count } }) => {
    if (!isShown) return;
    if (count === 0) return clear();
    part("people").replaceChildren(...members.map((user) => personItem(user, chat)));
    part("people-title").textContent = peopleText(count);
    part("people-count").textContent = count;
    const others = count - members.length;
    part("people-more").hidden = others <= 0;
    part("people-more").textContent = translate("morePeople", { count: others });
  };
  const clear = () => {
    part("people").replaceChildren();
    part("people-title").textContent = translate("people");
    part("people-count").textContent = "";
    part("people-more").hidden = true;
  };
  for (const type of ["shown", "people"]) views.on(type, show);
  chat.on("state", (state) => state.name === "stopped" && clear());
}

function personItem(user, chat) {
  const item = copyOf("person-template");
  paint(item, hueOf(user.id));
  part("initial", item).textContent = initialOf(user.name);
  part("name", item).textContent = user.name;
  part("member", item).hidden = !isMember(user);
  part("note", item).textContent = user.id === chat.user?.id ? translate("you") : "";
  return item;
}
