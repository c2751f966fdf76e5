"""The ways to read a log: what a reader missed, and pages of history."""

from dataclasses import dataclass
from typing import NamedTuple

from chat.log.messages import StoredMessage, select_messages
from chat.log.rooms import room_by_id
from chat.models import Room
from chat.protocol import MAX_CHANGES, PAGE

CHANGES = "AND m.version > %s ORDER BY m.version LIMIT %s"
NEWEST = "ORDER BY m.seq DESC LIMIT %s"
BEFORE = "AND m.seq < %s ORDER BY m.seq DESC LIMIT %s"
UP_TO = "AND m.seq <= %s ORDER BY m.seq DESC LIMIT %s"
FROM = "AND m.seq >= %s ORDER BY m.seq LIMIT %s"
AFTER = "AND m.seq > %s ORDER BY m.seq LIMIT %s"


class Place(NamedTuple):
    """Where a page is, by a seq: one of these, or none of them for the newest messages."""

    before: int | None = None
    after: int | None = None
    around: int | None = None


class Page(NamedTuple):
    """Messages in ascending seq, and whether older and newer ones than these exist."""

    messages: list[StoredMessage]
    more: bool
    newer: bool


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
    messages, more, _ = page(room.pk, Place(), PAGE)
    # What was written since the room was read comes as an event. So does what was changed, though
    # it is here as well: a client takes that for the new state of a message that it has.
    there = [message for message in messages if message.first_version <= room.version]
    return Backlog(room, there, reset=True, more=more)


def changes(room_id: int, after: int, limit: int) -> list[StoredMessage]:
    """Return the messages changed after a version, in ascending version, at most `limit`."""
    return select_messages(CHANGES, room_id, after, limit)


def page(room_id: int, place: Place, limit: int) -> Page:
    """Return up to `limit` messages of a room at a place."""
    if place.around is not None:
        return _page_around(room_id, place.around, limit)
    if place.after is not None:
        oldest_first = select_messages(AFTER, room_id, place.after, limit + 1)
        has_older = bool(select_messages(UP_TO, room_id, place.after, 1))
        return Page(oldest_first[:limit], has_older, len(oldest_first) > limit)
    if place.before is not None:
        newest_first = select_messages(BEFORE, room_id, place.before, limit + 1)
        has_newer = bool(select_messages(FROM, room_id, place.before, 1))
        return Page(newest_first[:limit][::-1], len(newest_first) > limit, has_newer)
    newest_first = select_messages(NEWEST, room_id, limit + 1)
    return Page(newest_first[:limit][::-1], len(newest_first) > limit, False)


def _page_around(room_id: int, seq: int, limit: int) -> Page:
    """Return a page with the message `seq` in its middle, or nearer to an end of the log."""
    older = select_messages(BEFORE, room_id, seq, limit + 1)
    newer = select_messages(FROM, room_id, seq, limit + 1)
    # What one side lacks, the other has more of.
    after = min(len(newer), max(limit - limit // 2, limit - len(older)))
    before = min(len(older), limit - after)
    return Page(older[:before][::-1] + newer[:after], len(older) > before, len(newer) > after)
