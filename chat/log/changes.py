"""Changes to messages that are in the log already."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chat.models import Message, Room
from chat.models.rooms import new_epoch
from chat.rules.errors import not_found


def delete(message_id: int) -> Message:
    """Make a message an empty line for everybody; give it as it is now. Deleting twice is once."""
    return _change(message_id, deleted_at=timezone.now())


def restore(message_id: int) -> Message:
    """Show a deleted message again; give it as it is now."""
    return _change(message_id, deleted_at=None)


def _change(message_id: int, *, deleted_at: datetime | None) -> Message:
    """Set a message's deletion under its room's lock, as the room's next version."""
    with transaction.atomic():
        room = Room.objects.locked(Message.objects.filter(pk=message_id).values("room_id")).get()
        message = Message.objects.in_room(room.pk).get(pk=message_id)
        if message.is_deleted != (deleted_at is not None):
            room.version = message.version = room.version + 1
            message.deleted_at = deleted_at
            message.save(update_fields=["version", "deleted_at"])
            room.save(update_fields=["version"])
        message.room = room
    return message


def begin_anew(room_id: int, epoch: str) -> Room:
    """Give a room another epoch than `epoch`, unless it has one, and the room as it is now.

    For a log that is behind what was told of it, after a backup was restored, say: its versions
    will come a second time and mean something else. Raises ChatError `not_found`.
    """
    with transaction.atomic():
        room = Room.objects.locked([room_id]).first()
        if room is None:
            raise not_found()
        # Several find out at one moment: the log begins anew once.
        if room.epoch == epoch:
            room.epoch = new_epoch()
            room.save(update_fields=["epoch"])
    return room
