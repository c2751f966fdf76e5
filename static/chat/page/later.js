import { mountActions } from "./actions/actions.js";
import { watchLongPress } from "./actions/longpress.js";
import { ActionMenu } from "./actions/menu.js";
import { mountPageKeys } from "./actions/pagekeys.js";
import { mountReactors } from "./actions/reactors.js";
import { goToStopped } from "./actions/stopped.js";
import { mountTranscript } from "./actions/transcript.js";
import { mountCodeCopying } from "./parts/codecopying.js";
import { Completion } from "./parts/completion.js";
import { mountCopyLink } from "./parts/copylink.js";
import { mountFocus } from "./parts/focus.js";
import { markUp } from "./parts/markup.js";
import { mountMoving } from "./parts/moving.js";
import { useApplication } from "./parts/ondemand.js";
import { mountTheme } from "./parts/theme.js";
import { mountUnfolding } from "./parts/unfolding.js";
import { mountYou } from "./parts/you.js";

export { colourWhenSeen } from "./parts/codecolours.js";

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
  watchLongPress(view.part("stream"), actions.openMenu);
  mountReactors(view);
  mountTranscript(view);
  new Completion(view);
  mountCodeCopying(view.part("stream"));
  return { actions, picker: shared.picker, markUp, goToStopped };
}

function mountShared({ page: { chat, views, naming }, storage }) {
  // The emoji are a file more, too, which is loaded once somebody wants one.
  const open = (...asked) => useApplication(({ openPicker }) => openPicker(storage, ...asked));
  mountCopyLink();
  mountFocus(views);
  mountTheme();
  mountMoving(chat, views);
  mountUnfolding(views);
  mountYou(chat, naming.change);
  mountPageKeys(views);
  return { picker: { open }, menu: new ActionMenu() };
}
