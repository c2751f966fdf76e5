import { copyOf, paint, part } from "./dom.js";
import { hueOf } from "./logic/hue.js";
import { initialOf } from "./logic/text.js";
import { peopleText } from "./logic/words.js";

/** Who is in the room. */
export function mountPeople(here) {
  const show = ({ members, count }) => {
    part("people").replaceChildren(...members.map((user) => personItem(user, here)));
    part("people-title").textContent = peopleText(count);
    part("people-count").textContent = count;
    const others = count - members.length;
    part("people-more").hidden = others <= 0;
    part("people-more").textContent = `and ${others} more`;
  };
  const forget = () => {
    part("people").replaceChildren();
    part("people-title").textContent = "People";
    part("people-count").textContent = "";
    part("people-more").hidden = true;
  };
  here.on("joined", show);
  here.on("presence", show);
  here.on("state", ({ name }) => name === "stopped" && forget());
}

function personItem(user, here) {
  const item = copyOf("person-template");
  paint(item, hueOf(user.id));
  part("initial", item).textContent = initialOf(user.name);
  part("name", item).textContent = user.name;
  part("note", item).textContent = here.isMine(user) ? "you" : "";
  return item;
}
