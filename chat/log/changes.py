"""Changes to messages that are in the log already."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chat.models import Message, Room


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
