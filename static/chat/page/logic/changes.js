/** The code of an edit's failure where the message was deleted, whatever the edit had failed of. */
export const EDIT_OF_DELETED = "deleted";
/** The code of a failed edit of a message that cannot be edited any more. */
export const EDIT_ENDED = "ended";

/** Returns whether a change with this error need not be tried again. */
export function isFinal({ code }) {
  return code === EDIT_OF_DELETED || code === EDIT_ENDED;
}

/** Returns this person's last change of a message, which the room may not know yet, or undefined. */
export function changeOf(changes, { seq, id }) {
  return changes.findLast(({ kind, of }) => kind !== "react" && (of === seq || of === id));
}

/**
 * Returns a message, or an entry of the outbox, as its author has changed it. The state and the
 * error are those of the change: `pending` is true while it is on its way.
 */
export function withChange(message, change) {
  if (!change) return message;
  const { id, kind, body, state, error, mentions = message.mentions } = change;
  const isFailed = state === "failed";
  const known = { ...message, changeId: id, kind, error, pending: isWaiting(change) };
  // What was refused is shown as it is, but for words: nobody types them twice.
  if (kind === "delete") return { ...known, deleted: message.deleted || !isFailed, undoable: state === "undoable" };
  if (!message.deleted || !isFailed) return { ...known, body, mentions, deleted: message.deleted };
  return { ...known, body, mentions, deleted: false, error: { ...error, code: EDIT_OF_DELETED } };
}

function isWaiting({ state }) {
  return state === "waiting" || state === "sending";
}
