import { mountActions } from "./actions/actions.js";
import { EmojiPicker } from "./actions/picker.js";
import { mountReactors } from "./actions/reactors.js";
import { mountTranscript } from "./actions/transcript.js";
import { EditDrafts } from "./logic/editdrafts.js";
import { Completion } from "./parts/completion.js";
import { part } from "./parts/dom.js";
import { markUp } from "./parts/markup.js";
import { mountRename } from "./parts/rename.js";

export { colourWhenSeen } from "./parts/codecolours.js";

/**
 * The rest of the room's page (room.js): what is not needed to show the room and to write in it. It
 * is loaded once one is in the room (parts/later.js). Returns what `Later.use` passes on.
 *
 * @param {{chat: Chat, messages: Messages, standing: Standing, replying: Replying, session: Storage, local: Storage, slug: string}} room
 */
export function mountLater({ chat, messages, standing, replying, session, local, slug }) {
  const picker = new EmojiPicker(local);
  const drafts = new EditDrafts(session, slug);
  const actions = mountActions(chat, { messages, standing, replying, picker, drafts });
  mountReactors(chat, messages.list);
  mountTranscript(part("stream"), messages.list);
  new Completion(chat);
  return { actions, picker, markUp, rename: mountRename() };
}
