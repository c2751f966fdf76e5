import { mountActions } from "./actions/actions.js";
import { ActionMenu } from "./actions/menu.js";
import { mountPermalinks } from "./actions/permalinks.js";
import { EmojiPicker } from "./actions/picker.js";
import { mountReactors } from "./actions/reactors.js";
import { mountTranscript } from "./actions/transcript.js";
import { mountCodeCopying } from "./parts/codecopying.js";
import { Completion } from "./parts/completion.js";
import { mountCopyLink } from "./parts/copylink.js";
import { markUp } from "./parts/markup.js";
import { mountMoving } from "./parts/moving.js";
import { mountTheme } from "./parts/theme.js";
import { mountUnfolding } from "./parts/unfolding.js";
import { mountYou } from "./parts/you.js";

export { colourWhenSeen } from "./parts/codecolours.js";

export { askPassword } from "./parts/password.js";
export { mountRename } from "./parts/rename.js";

// What all rooms have in common; the dialogs, of which there is one each.
let shared = null;

/**
 * The rest of the room's page (room.js): what is not needed to show the room and to write in it. It
 * is loaded once one is in the room (parts/later.js). Returns what `Later.use` passes on.
 *
 * @param {RoomView} view
 */
export function mountLater(view) {
  shared ??= mountShared(view);
  const actions = mountActions(view, shared);
  mountPermalinks(view);
  mountReactors(view);
  mountTranscript(view);
  new Completion(view);
  mountCodeCopying(view.part("stream"));
  return { actions, picker: shared.picker, markUp };
}

function mountShared({ page: { chat, views, naming }, storage }) {
  mountCopyLink();
  mountTheme();
  mountMoving(chat, views);
  mountUnfolding(views);
  mountYou(chat, naming.change);
  return { picker: new EmojiPicker(storage), menu: new ActionMenu() };
}
