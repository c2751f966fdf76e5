import { Unread } from "./logic/unread.js";
import { titleText } from "./logic/words.js";

/** The tab's title with the number of unread messages. Returns the `Unread` it counts with. */
export function mountTitle(here, page) {
  const names = { room: page.room.name, site: page.site.name };
  const show = () => (document.title = titleText({ unread: unread.count, ...names }));
  const unread = new Unread(show);
  const rename = ({ info }) => {
    names.room = info.name;
    show();
  };
  here.on("joined", rename);
  here.on("room", rename);
  for (const type of ["welcome", "site"]) {
    here.on(type, ({ site }) => {
      names.site = site.name;
      show();
    });
  }
  return unread;
}
