"""Changes to messages that are in the log already, and a log that begins anew."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chat.access import policies
from chat.access.identity import SignIn
from chat.log import notices
from chat.log.commit import Batch, LockedRoom, Receipt, commit_writes
from chat.log.mentions import Mentions
from chat.log.messages import StoredMessage
from chat.models import Message, Reaction, Revision, Room
from chat.models.rooms import new_epoch
from chat.rules.errors import ChatError, no_such_message, not_found

KEEP_REVISION = (
    "INSERT INTO chat_revision (room_id, seq, version, body, replaced_at)"
    " SELECT room_id, seq, version, body, %s FROM chat_message WHERE room_id = %s AND seq = %s"
)


class Edit(NamedTuple):
    """Another text for a message, by its author; the former one is kept for moderators.

    `base` is the version that the editor saw, where they say so. `window` is how long after it was
    written a message may be edited. `refusal` is what is known against the text already.
    `names_people` is whether the client named people by their ids: all of `mentions`, or some.
    Editing twice to the same text is once.
    """

    room_id: int
    author_id: int
    seq: int
    body: str
    base: int | None
    window: timedelta
    refusal: ChatError | None = None
    sign_in: SignIn | None = None
    mentions: Mentions = Mentions()
    names_people: Literal["alone", "among others"] | None = None
    reply_to: None = None

    def apply(self, batch: Batch) -> Receipt | ChatError:
        """Set the text, as the room's next version."""
        room, message = batch.room(self.room_id), batch.message_to_change(self.room_id, self.seq)
        if room is None or not batch.may_read(self.author_id, room):
            return not_found()
        if message is None:
            return no_such_message()
        refusal = policies.refusal_to_change(message, self.author_id)
        if refusal is None and message.is_deleted:
            refusal = ChatError("bad_request", _("This message was deleted. Write a new one."))
        former = [] if refusal else self._texts_from_base(message)
        if refusal is None and (self._is_of(message) or former[1:] == [self.body]):
            return Receipt(message.seq, message.version, batch.now)
        refusal = refusal or self.refusal or self._refusal_now(batch, room, message, bool(former))
        return refusal or self._store(batch, room, message)

    def _is_of(self, message: StoredMessage) -> bool:
        """Whether a message has this text, and means the people that the edit names.

        People who were found by their names may be others by now, without another edit.
        """
        named = {person.pk for person in self.mentions.people[: self.mentions.chosen]}
        meant = {int(key) for key in (message.mentions or "").split()}
        is_lacking = not named <= meant if self.names_people == "among others" else named != meant
        return message.body == self.body and not (self.names_people and is_lacking)

    def _texts_from_base(self, message: StoredMessage) -> list[str]:
        """Return the former text of version `base`, and the one after it if that is former, too:
        an edit of that version. Return none where the text of `base` is the message's now."""
        if self.base is None or message.edited_at is None or self.base >= message.version:
            return []
        kept = Revision.objects.filter(
            room_id=message.room_id, seq=message.seq, version__gte=self.base
        )
        return list(kept.order_by("version").values_list("body", flat=True)[:2])

    def _refusal_now(
        self, batch: Batch, room: LockedRoom, message: StoredMessage, is_replaced: bool
    ) -> ChatError | None:
        if refusal := _refusal_of_author(batch, room, self.author_id, self.sign_in):
            return refusal
        # Its text alone: a reaction to a message is another version, too.
        base = message.version if self.base is None else self.base
        if is_replaced or not message.first_version <= base <= message.version:
            return ChatError("conflict", _("This message has changed meanwhile. Look at it again."))
        return policies.refusal_to_edit(message, batch.now, self.window)

    def _store(self, batch: Batch, room: LockedRoom, message: StoredMessage) -> Receipt:
        replaced_at = connection.ops.adapt_datetimefield_value(batch.now)
        with connection.cursor() as cursor:
            cursor.execute(KEEP_REVISION, [replaced_at, room.id, message.seq])
        # Readers tell two edits apart by their times, and a batch has one.
        after_the_last = message.edited_at and message.edited_at + timedelta(microseconds=1)
        edited_at = max(filter(None, (batch.now, after_the_last)))
        mentions = self.mentions.in_edit(self.body, message.mentioned)
        columns = {"body": self.body, "edited_at": edited_at, **mentions.columns}
        receipt = change(batch, room, replace(message, mentioned=mentions.people), **columns)
        told = batch.note_meant(notices.of_changed(room, message, receipt.message))
        return receipt._replace(at=edited_at, told=told)


class Deletion(NamedTuple):
    """A message to be deleted, or restored.

    By its author (`author_id`) or a moderator of the room, or without one as a moderator in the
    admin, who alone can restore.
    A deleted message keeps its row and its text, which nobody is sent, but no reactions. Deleting
    twice is once.
    """

    room_id: int
    seq: int
    deleted: bool
    author_id: int | None = None
    sign_in: SignIn | None = None
    reply_to: None = None

    def apply(self, batch: Batch) -> Receipt | ChatError:
        """Set the deletion, as the room's next version."""
        room, message = batch.room(self.room_id), batch.message_to_change(self.room_id, self.seq)
        if room is None or not batch.may_read(self.author_id, room):
            return not_found()
        if message is None:
            return no_such_message()
        is_own = message.author_id == self.author_id
        if self.author_id and not is_own and not self._is_moderated(batch, room):
            return policies.refusal_to_change(message, self.author_id)
        if message.is_deleted == self.deleted:
            return Receipt(message.seq, message.version, batch.now)
        if is_own and not self._is_moderated(batch, room):
            refusal = _refusal_of_author(batch, room, self.author_id, self.sign_in)
            if refusal:
                return refusal
        if message.reactions:
            Reaction.objects.filter(room_id=room.id, seq=message.seq).delete()
        deleted_at = batch.now if self.deleted else None
        receipt = change(batch, room, message, deleted_at=deleted_at, reactions=None)
        # Who was told before the deletion is not told again when it is taken back.
        batch.note_meant(notices.of_changed(room, message, receipt.message))
        return receipt

    def _is_moderated(self, batch: Batch, room: LockedRoom) -> bool:
        sender = batch.sender(self.author_id)
        return sender is not None and batch.may_moderate(sender, self.sign_in, room)


def _refusal_of_author(
    batch: Batch, room: LockedRoom, author_id: int, sign_in: SignIn | None
) -> ChatError | None:
    if refusal := policies.refusal_of_closed(room):
        return refusal
    sender = batch.sender(author_id)
    return batch.refusal_to_write(sender, sign_in, room) if sender else not_found()


def change(batch: Batch, room: LockedRoom, message: StoredMessage, **columns) -> Receipt:
    """Set columns of a message, as the room's next version."""
    columns["version"] = batch.next_version(room)
    message = batch.change_message(message, **columns)
    Message.objects.filter(room_id=room.id, seq=message.seq).update(**columns)
    return Receipt(message.seq, message.version, batch.now, room, message)


def delete(message_id: int) -> Receipt:
    """Delete a message, by its row's id, for everybody."""
    return _set_deleted(message_id, True)


def restore(message_id: int) -> Receipt:
    """Show a deleted message again."""
    return _set_deleted(message_id, False)


def _set_deleted(message_id: int, deleted: bool) -> Receipt:
    message = Message.objects.only("room_id", "seq").get(pk=message_id)
    (outcome,) = commit_writes([Deletion(message.room_id, message.seq, deleted)])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def begin_anew(room_id: int, epoch: str) -> Room:
    """Replace a room's `epoch`, unless it has another by now; return the room as it is.

    For a log that lags behind what was sent of it, after a backup was restored, say: its versions
    will come a second time and mean something else. Raises ChatError `not_found`.
    """
    with transaction.atomic():
        room = Room.objects.locked([room_id]).first()
        if room is None:
            raise not_found()
        # Several processes find out at one moment: the log begins anew once.
        if room.epoch == epoch:
            room.epoch = new_epoch()
            room.save(update_fields=["epoch"])
    return room
