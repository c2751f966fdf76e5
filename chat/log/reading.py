"""The ways to read a log: what one missed, and what was before.

Messages are read with SQL by hand and without models: a page of 50 costs a tenth.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection

from chat.log.rooms import room_by_id
from chat.models import Room
from chat.protocol import MAX_CHANGES, PAGE

LINES = (
    "SELECT p.public_id, p.name, p.kind,"
    " m.seq, m.version, m.client_id, m.body, m.created_at, m.edited_at, m.deleted_at"
    " FROM chat_message m JOIN chat_person p ON p.id = m.author_id WHERE m.room_id = %s"
)
CHANGES = f"{LINES} AND m.version > %s ORDER BY m.version LIMIT %s"
NEWEST = f"{LINES} ORDER BY m.seq DESC LIMIT %s"
BEFORE = f"{LINES} AND m.seq < %s ORDER BY m.seq DESC LIMIT %s"


class Author(NamedTuple):
    """What is shown of who wrote a message."""

    public_id: str
    name: str
    kind: str


class Line(NamedTuple):
    """A message as it is now: what there is to show of it."""

    author: Author
    seq: int
    version: int
    client_id: str
    body: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a reader needs to go on from: `room.version` is the version it then has."""

    room: Room
    messages: list[Line]
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


def changes(room_id: int, after: int, limit: int) -> list[Line]:
    """Give the messages changed after a version, in ascending version, at most `limit`."""
    return _lines(CHANGES, room_id, after, limit)


def page(room_id: int, before: int | None, limit: int) -> tuple[list[Line], bool]:
    """Give up to `limit` messages before seq `before` (or the newest), ascending, and whether
    older ones exist."""
    if before is None:
        newest_first = _lines(NEWEST, room_id, limit + 1)
    else:
        newest_first = _lines(BEFORE, room_id, before, limit + 1)
    return newest_first[:limit][::-1], len(newest_first) > limit


def _lines(sql: str, *parameters: int) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [_line(*row) for row in cursor.fetchall()]


def _line(public_id, name, kind, seq, version, client_id, body, *moments) -> Line:
    author = Author(public_id, name, kind)
    return Line(author, seq, version, client_id, body, *map(_aware, moments))


def _aware(moment: datetime | None) -> datetime | None:
    """Give a moment with its time zone, which SQLite does not keep."""
    if moment is None or moment.tzinfo:
        return moment
    return moment.replace(tzinfo=UTC)
