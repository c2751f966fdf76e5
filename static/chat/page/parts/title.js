import { Unread } from "../logic/unread.js";
import { titleText } from "../logic/words.js";

/** The tab's title, with the number of unread messages. Returns the `Unread` that counts them. */
export function mountTitle(chat, page) {
  const names = { room: page.room.name, site: page.site.name };
  const show = () => (document.title = titleText({ unread: unread.count, mentions: unread.mentions, ...names }));
  const unread = new Unread(show);
  const rename = ({ info }) => {
    names.room = info.name;
    show();
  };
  chat.on("joined", rename);
  chat.on("room", rename);
  for (const type of ["welcome", "site"]) {
    chat.on(type, ({ site }) => {
      names.site = site.name;
      show();
    });
  }
  return unread;
}
