import { titleText } from "../logic/words.js";

/**
 * The tab's title: the room that is shown, with the number of mentions in all rooms, else of unread
 * messages in this one. Returns `{showElsewhere, siteName}`.
 */
export function mountTitle(chat, views, siteName) {
  let site = siteName;
  let others = { mentions: 0, isUnread: false };
  const show = () => {
    const { name: room, unread } = views.shown;
    const mentions = unread.mentions + others.mentions;
    document.title = titleText({ unread: unread.count, mentions, isElsewhere: others.isUnread, room, site });
  };
  for (const type of ["shown", "info", "unread"]) views.on(type, ({ isShown }) => isShown && show());
  for (const type of ["welcome", "site"]) {
    chat.on(type, (event) => {
      site = event.site.name;
      show();
    });
  }
  const showElsewhere = (known) => {
    others = known;
    show();
  };
  return { showElsewhere, siteName: () => site };
}
