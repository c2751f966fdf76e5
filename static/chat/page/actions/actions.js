import { isFinal } from "../logic/changes.js";
import { permalinkTo } from "../logic/permalinks.js";
import { translate } from "../laterwords.js";
import { copyAndSay } from "../parts/clipboard.js";
import { showToast } from "../parts/toast.js";
import { isTouch, part } from "../parts/dom.js";
import { focusField } from "../parts/focus.js";
import { ActionBar } from "./bar.js";
import { Deletions } from "./deletions.js";
import { Editor } from "./editor.js";
import { focusMessage } from "./keys.js";
import { goToMessage } from "./going.js";

/**
 * What one can do with a message, in the bar at its corner, in the menu, and at once; gestures.js
 * calls it. Returns `{run, openMenu, editLast, editor, deletions}`.
 *
 * @param {RoomView} view @param {{picker: EmojiPicker, menu: ActionMenu}} shared by all rooms
 */
export function mountActions(view, { picker, menu }) {
  const { chat, part, messages, standing, editDrafts: drafts } = view;
  const { list } = messages;
  const showChanges = () => messages.showChanges();
  const editor = new Editor(view, showChanges);
  const deletions = new Deletions(view, showChanges);
  const actions = actionsOf(view, { editor, deletions, picker });
  const namesFor = (element) => namesOn(element, { list, standing, editor });
  const bar = new ActionBar(part("stream"), namesFor, () => menu.isOpen);
  messages.addChanges(() => [...deletions.changes, ...editor.changes]);
  // What one can do depends on whether the message is stored, on the room, and on one's rights in it.
  for (const type of ["outbox", "joined", "room", "site", "state"]) chat.on(type, () => bar.update());
  keepEditing(chat, { editor, drafts, standing }, (of) => editedPlace(of, list, standing));

  const run = (action, element, emoji) => {
    if (action === "more") return openMenu(element, bar.anchor);
    actions[action]?.(list.messageAt(element), element, emoji);
    bar.update();
  };
  const openMenu = (element, anchor = element) => {
    menu.open(namesFor(element), anchor, (action, emoji) => run(action, element, emoji));
  };
  const editLast = () => {
    const last = list.ownElements.find((element) => namesFor(element).includes("edit"));
    if (last) run("edit", last);
  };
  return { run, openMenu, editLast, editor, deletions };
}

/** Shows an edit again that was not ended, where its message comes anew; now, if it has come. */
function keepEditing(chat, { editor, drafts, standing }, find) {
  const reopen = () => {
    if (standing.info) drafts.room = standing.info.id;
    editor.reopen(find);
  };
  for (const type of ["joined", "reset", "room", "site"]) chat.on(type, reopen);
  chat.on("message", () => editor.follow(find));
  reopen();
}

function namesOn(element, { list, standing, editor }) {
  const message = list.messageAt(element);
  if (message?.error && isFinal(message.error)) return ["copy-text"];
  const isEdited = message && editor.of === ofMessage(message);
  if (!message || isEdited) return [];
  const names = standing.actionsOn(message, Date.now());
  const isModerated = names.includes("copy-message-link") && standing.info.my?.may?.includes("moderate");
  return isModerated ? [...new Set([...names, "delete"])] : names;
}

/** What the library calls a message: its seq, or its id while it has none. */
function ofMessage({ seq, id }) {
  return seq ?? id;
}

/** Returns the message with a seq or an id as the editor needs it, null where it is not on the page. */
function editedPlace(of, list, standing) {
  const element = list.elementOf(of);
  if (!element) return null;
  const message = list.messageAt(element);
  const isEditable = standing.actionsOn(message, Date.now()).includes("edit");
  return { element, of: ofMessage(message), body: message.body, isEditable };
}

/** Returns what each action does, by its name: `(message, element)`. */
function actionsOf({ chat, part: partOfRoom, messages, replying }, { editor, deletions, picker }) {
  const { list } = messages;
  const edit = (message, element) => {
    const of = ofMessage(message);
    // Where an own change is on its way, the version is not known yet.
    const { body, mentions, version: base } = message;
    editor.open(element, { of, body, mentions, base: message.changeId ? undefined : base });
  };
  const goOn = () => {
    // The buttons vanish, and the focus would with them.
    if (!isTouch()) partOfRoom("composer-text").focus();
  };
  const toggle = ({ seq, reactions }, emoji) => {
    const isOwn = reactions.some((each) => each.emoji === emoji && each.mine);
    chat.react(seq, emoji, !isOwn).catch(({ message }) => showToast(message));
  };
  return {
    edit,
    react: (message, element) => picker.open(element, (emoji) => toggle(message, emoji)),
    "react-with": (message, _, emoji) => toggle(message, emoji),
    reply(message) {
      replying.begin(message);
      focusField(partOfRoom("composer-text"));
    },
    "go-to-original": ({ reply_to }) => goToMessage(messages, reply_to),
    retry(message, element) {
      if (message.kind !== "edit") {
        chat.retry(message.changeId ?? message.id);
        return goOn();
      }
      const { body, mentions } = message;
      chat.discard(message.changeId);
      const now = list.messageAt(element);
      editor.open(element, { of: ofMessage(now), body: now.body, base: now.version, mentions, typed: body });
    },
    discard(message) {
      editor.discard(message.changeId);
      chat.discard(message.changeId ?? message.id);
      goOn();
    },
    "copy-text": ({ body }) => copyAndSay(body, translate("textCopied")),
    "copy-message-link": ({ seq }) => copyAndSay(permalinkTo(seq), translate("linkCopied")),
    delete(message, element) {
      if (message.seq === undefined) return void chat.remove(message.id);
      deletions.begin(message.seq);
      showToast(translate("messageDeleted"), { isVisible: false });
      if (!isTouch()) part("undo", element).focus({ preventScroll: true });
    },
    undo({ seq }, element) {
      deletions.undo(seq);
      if (!isTouch()) focusMessage(element);
    },
  };
}
