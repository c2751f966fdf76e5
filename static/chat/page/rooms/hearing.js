import { choices } from "./fields.js";
import { openForm } from "./form.js";
import { translate } from "./words.js";

/** Opens the dialog in which somebody chooses what they hear of from a room. */
export function openHearing({ api, view, list, openers }) {
  const { info } = view;
  // What another device has chosen meanwhile is in the list.
  const { level } = list.find(({ room }) => room.id === info.id) ?? info.my;
  const options = [
    ["everything", translate("hearEverything"), translate("hearEverythingMeans")],
    ["mentions", translate("hearMentions"), translate("hearMentionsMeans")],
    ["nothing", translate("hearNothing"), translate("hearNothingMeans")],
  ];
  openForm({
    title: translate("hearOf"), submit: translate("save"), openers,
    content: [choices("level", { label: translate("hearWhat"), options, chosen: level })],
    onSubmit: (body) => api.write(`rooms/${encodeURIComponent(view.slug)}/level`, { method: "PUT", body }),
  });
}
