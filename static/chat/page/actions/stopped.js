import { seqOfPermalink } from "../logic/permalinks.js";

/**
 * Goes to where this person has stopped reading, after the message with this seq, where that is above
 * the newest messages, which are shown at first.
 *
 * @param {RoomView} view
 */
export async function goToStopped({ chat, messages, unread, isShown }, seq) {
  // Where it cannot be loaded now, the line stays at the first message that is shown.
  const page = await chat.history({ around: seq + 1 }).catch(() => null);
  const first = page?.messages.find((each) => each.seq > seq && each.author.id !== chat.user.id);
  const isAsked = isShown && seqOfPermalink(location.href) !== null;
  // Meanwhile one may have gone to the end.
  if (!first || isAsked || unread.count === 0) return;
  await messages.show(first.seq, page);
  messages.showStopped(seq);
}
