"""A message as it is stored, and the one list of its columns.

A new field of a message is a field of `StoredMessage`: the statements that write and read messages
are built from its fields.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from functools import cache
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
    mentioned_as: str | None = None
    mentions_all: str | None = None
    mentioned: Sequence[Mentioned] = ()
    original: "StoredMessage | None" = None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


JOINED = {"author", "mentioned", "original"}
_columns = {f.name: f for f in fields(StoredMessage) if f.name not in JOINED}
COLUMNS = tuple(_columns)
MOMENTS = tuple(name for name in COLUMNS if name.endswith("_at"))
# What most messages do not have.
OPTIONAL = tuple(name for name, field in _columns.items() if field.default is not MISSING)
_optional_values = attrgetter(*OPTIONAL)

SELECTED = (*(f"p.{name}" for name in Author._fields), *(f"m.{name}" for name in COLUMNS))
SELECT = (
    f"SELECT {', '.join(SELECTED)}"  # noqa: S608
    " FROM chat_message m JOIN chat_person p ON p.id = m.author_id WHERE"
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
        people = read_people([(m.mentions, m.mentioned_as) for m in mentioning])
        for message, mentioned in zip(mentioning, people, strict=True):
            message.mentioned = mentioned
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


def insertion(messages: Sequence[StoredMessage], created_at: object) -> tuple[str, list[tuple]]:
    """Return the statement that stores new messages, and its rows.

    `created_at` is when all of them were created, as the database's driver takes it. Columns in
    which none of them has anything are left out: SQLite's driver needs 1 us for a None, and a plain
    message has eight.
    """
    columns = zip(OPTIONAL, zip(*map(_optional_values, messages), strict=True), strict=True)
    empty = (name for name, values in columns if values.count(None) == len(messages))
    sql, values_of = _insert(tuple(empty))
    return sql, [(*values_of(message), created_at) for message in messages]


@cache
def _insert(empty: tuple[str, ...]) -> tuple[str, attrgetter]:
    names = [name for name in COLUMNS if name not in empty and name != "created_at"]
    sql = (
        f"INSERT INTO chat_message ({', '.join(names)}, created_at)"  # noqa: S608
        f" VALUES ({'%s, ' * len(names)}%s)"
        " ON CONFLICT (room_id, author_id, client_id) DO NOTHING"
    )
    return sql, attrgetter(*names)
