"""Changes to messages that are in the log already, and a log that begins anew."""

from typing import NamedTuple

from django.db import transaction

from chat.log.commit import Batch, Receipt, commit_writes
from chat.log.messages import select_messages
from chat.models import Message, Room
from chat.models.rooms import new_epoch
from chat.rules.errors import ChatError, not_found


class Deletion(NamedTuple):
    """A message to be deleted, or restored, as a moderator may do.

    A deleted message keeps its row and its text, which nobody is sent. Deleting twice is once.
    """

    room_id: int
    seq: int
    deleted: bool
    author_id: None = None
    sign_in: None = None

    def apply(self, batch: Batch) -> Receipt | ChatError:
        """Set the deletion, as the room's next version."""
        room = batch.room(self.room_id)
        message = next(iter(select_messages("AND m.seq = %s", self.room_id, self.seq)), None)
        if room is None or message is None:
            return not_found()
        if message.is_deleted == self.deleted:
            return Receipt(message.seq, message.version, batch.now)
        message.version = batch.next_version(room)
        message.deleted_at = batch.now if self.deleted else None
        changed = {"version": message.version, "deleted_at": message.deleted_at}
        Message.objects.filter(room_id=room.id, seq=message.seq).update(**changed)
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
