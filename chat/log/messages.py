"""A message as it is stored, and the one list of its columns.

A new field of a message is a field of `StoredMessage`: the statements that write and read messages
are built from its fields.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import NamedTuple

from django.db import connection

from chat.log.mentions import Mentioned, read_people

# A room's id and a seq in it.
Key = tuple[int, int]


class Author(NamedTuple):
    """What is shown of who wrote a message."""

    public_id: str
    name: str
    kind: str


@dataclass(slots=True)
class StoredMessage:
    """A message as it is now. Its fields are the columns of its row, but for `author`,
    `mentioned`, and `original`: the message that it replies to.

    A dataclass rather than a model: reading a page of 50 costs a tenth.
    """

    author: Author
    room_id: int
    seq: int
    version: int
    first_version: int
    author_id: int
    client_id: str
    body: str
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reactions: str | None = None
    reply_to: int | None = None
    format: str | None = None
    mentions: str | None = None
    mentions_all: str | None = None
    mentioned: Sequence[Mentioned] = ()
    original: "StoredMessage | None" = None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


JOINED = {"author", "mentioned", "original"}
COLUMNS = tuple(field.name for field in fields(StoredMessage) if field.name not in JOINED)
_values = attrgetter(*COLUMNS)
MOMENTS = tuple(name for name in COLUMNS if name.endswith("_at"))

SELECTED = (*(f"p.{name}" for name in Author._fields), *(f"m.{name}" for name in COLUMNS))
SELECT = (
    f"SELECT {', '.join(SELECTED)}"  # noqa: S608
    " FROM chat_message m JOIN chat_person p ON p.id = m.author_id WHERE"
)
INSERT = (
    f"INSERT INTO chat_message ({', '.join(COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join(['%s'] * len(COLUMNS))})"
    " ON CONFLICT (room_id, author_id, client_id) DO NOTHING"
)


def select_messages(condition: str, *parameters: int) -> list[StoredMessage]:
    """Return the messages of a room for which a condition in SQL holds, in its order.

    The first parameter is the room's id. What they reply to comes with them, in one more query
    where that is not among them, and so do the people whom they mention.
    """
    messages = _select(f"m.room_id = %s {condition}", parameters)
    if replies := [m for m in messages if m.reply_to is not None]:
        _add_originals(replies, {message.seq: message for message in messages})
    return messages


def select_at(room_id: int, seqs: Collection[int]) -> list[StoredMessage]:
    """Return the messages with some seqs, as far as they exist, in ascending seq."""
    return select_messages(f"{_at(seqs)} ORDER BY m.seq", room_id, *seqs)


def select_keys(keys: Iterable[Key]) -> dict[Key, StoredMessage]:
    """Return messages of any rooms, as far as they exist, without what they reply to: in one query,
    and one for whom they mention."""
    by_room: dict[int, set[int]] = {}
    for room_id, seq in keys:
        by_room.setdefault(room_id, set()).add(seq)
    if not by_room:
        return {}
    conditions = [f"(m.room_id = %s {_at(seqs)})" for seqs in by_room.values()]
    parameters = [value for room_id, seqs in by_room.items() for value in (room_id, *seqs)]
    return {(m.room_id, m.seq): m for m in _select(" OR ".join(conditions), parameters)}


def _at(seqs: Collection[int]) -> str:
    return f"AND m.seq IN ({', '.join(['%s'] * len(seqs))})"


def _add_originals(replies: Collection[StoredMessage], known: dict[int, StoredMessage]) -> None:
    if missing := {reply.reply_to for reply in replies} - known.keys():
        room_id = replies[0].room_id
        known |= {key[1]: m for key, m in select_keys((room_id, seq) for seq in missing).items()}
    for reply in replies:
        reply.original = known.get(reply.reply_to)


def _select(condition: str, parameters: Sequence[int]) -> list[StoredMessage]:
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} {condition}", parameters)
        messages = [_from_row(row) for row in cursor.fetchall()]
    if mentioning := [message for message in messages if message.mentions]:
        people = read_people([message.mentions for message in mentioning])
        for message in mentioning:
            keys = map(int, message.mentions.split())
            message.mentioned = [people[key] for key in keys if key in people]
    return messages


def _from_row(row: tuple) -> StoredMessage:
    split = len(Author._fields)
    message = StoredMessage(Author(*row[:split]), *row[split:])
    for name in MOMENTS:
        setattr(message, name, _aware(getattr(message, name)))
    return message


def _aware(moment: datetime | None) -> datetime | None:
    """Return a moment with its time zone, which SQLite does not keep."""
    if moment is None or moment.tzinfo:
        return moment
    return moment.replace(tzinfo=UTC)


def to_rows(messages: Collection[StoredMessage], now: datetime, adapted: object) -> list[tuple]:
    """Return new messages' values in the order of COLUMNS, as the database's driver takes them.

    `now` is the moment at which all of them were created, `adapted` is that for the driver.
    """
    return [
        tuple([adapted if value is now else value for value in _values(message)])
        for message in messages
    ]
