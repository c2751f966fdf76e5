"""The ways to read a log: what a reader missed, and pages of history."""

from dataclasses import dataclass

from chat.log.messages import StoredMessage, select_messages
from chat.log.rooms import room_by_id
from chat.models import Room
from chat.protocol import MAX_CHANGES, PAGE

CHANGES = "AND m.version > %s ORDER BY m.version LIMIT %s"
NEWEST = "ORDER BY m.seq DESC LIMIT %s"
BEFORE = "AND m.seq < %s ORDER BY m.seq DESC LIMIT %s"


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a reader is missing: `room.version` is the version they have with it.

    With `reset` it is the newest page, in place of all that the reader has; `more` tells whether
    older messages exist.
    """

    room: Room
    messages: list[StoredMessage]
    reset: bool
    more: bool


def backlog(room_id: int, after: int | None, epoch: str | None) -> Backlog:
    """Return what changed after version `after` of `epoch`, or a reset where that cannot be.

    A reset comes without `after`, for another epoch, for a version that the room has not reached,
    and past MAX_CHANGES changes. Raises ChatError `not_found`.
    """
    room = room_by_id(room_id)
    if after is None or epoch != room.epoch or after > room.version:
        return _newest(room)
    messages = changes(room_id, after, MAX_CHANGES + 1)
    if len(messages) > MAX_CHANGES:
        return _newest(room)
    if messages:
        # The room was read first: what was committed in between is in the messages.
        room.version = messages[-1].version
        room.last_seq = max(room.last_seq, max(message.seq for message in messages))
    oldest = min((message.seq for message in messages), default=room.last_seq + 1)
    return Backlog(room, messages, reset=False, more=oldest > 1)


def _newest(room: Room) -> Backlog:
    # Messages committed since the room was read may be among these: their events come once more,
    # and a client takes an event for a message it has as that message's new state.
    messages, more = page(room.pk, None, PAGE)
    if messages:
        room.last_seq = max(room.last_seq, messages[-1].seq)
    return Backlog(room, messages, reset=True, more=more)


def changes(room_id: int, after: int, limit: int) -> list[StoredMessage]:
    """Return the messages changed after a version, in ascending version, at most `limit`."""
    return select_messages(CHANGES, room_id, after, limit)


def page(room_id: int, before: int | None, limit: int) -> tuple[list[StoredMessage], bool]:
    """Return up to `limit` messages before seq `before` (or the newest), ascending, and whether
    older ones exist."""
    if before is None:
        newest_first = select_messages(NEWEST, room_id, limit + 1)
    else:
        newest_first = select_messages(BEFORE, room_id, before, limit + 1)
    return newest_first[:limit][::-1], len(newest_first) > limit
