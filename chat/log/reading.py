"""The ways to read a log: what one missed, and what was before."""

from dataclasses import dataclass

from chat.log.rooms import room_by_id
from chat.models import Message, Room
from chat.protocol import MAX_CHANGES, PAGE


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a reader needs to go on from: `room.version` is the version it then has."""

    room: Room
    messages: list[Message]
    reset: bool
    more: bool


def since(room_id: int, after: int | None, epoch: str | None) -> Excerpt:
    """Give what changed after version `after` of `epoch`, or a fresh start where that cannot be.

    A fresh start (`reset`) is the newest page: without `after`, for another epoch, for a version
    the room has not reached, and past MAX_CHANGES changes. Raises ChatError `not_found`.
    """
    room = room_by_id(room_id)
    if after is None or epoch != room.epoch or after > room.version:
        return _fresh(room)
    messages = changes(room_id, after, MAX_CHANGES + 1)
    if len(messages) > MAX_CHANGES:
        return _fresh(room)
    if messages:
        # The room was read first: what was committed in between is in the messages.
        room.version = messages[-1].version
        room.last_seq = max(room.last_seq, max(message.seq for message in messages))
    oldest = min((message.seq for message in messages), default=room.last_seq + 1)
    return Excerpt(room, messages, reset=False, more=oldest > 1)


def _fresh(room: Room) -> Excerpt:
    # Messages committed since the room was read may be among these: their events come once more,
    # and a client takes an event for a message it has as that message's new state.
    messages, more = page(room.pk, None, PAGE)
    if messages:
        room.last_seq = max(room.last_seq, messages[-1].seq)
    return Excerpt(room, messages, reset=True, more=more)


def changes(room_id: int, after: int, limit: int) -> list[Message]:
    """Give the messages changed after a version, in ascending version, at most `limit`."""
    changed = Message.objects.in_room(room_id).filter(version__gt=after)
    return list(changed.order_by("version")[:limit])


def page(room_id: int, before: int | None, limit: int) -> tuple[list[Message], bool]:
    """Give up to `limit` messages before seq `before` (or the newest), ascending, and whether
    older ones exist."""
    messages = Message.objects.in_room(room_id)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    newest_first = list(messages.order_by("-seq")[: limit + 1])
    return newest_first[:limit][::-1], len(newest_first) > limit
