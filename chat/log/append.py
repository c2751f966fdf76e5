"""The write that everybody waits for: a batch of drafts, in one transaction.

Its statements are written by hand and go to the database's driver: through the ORM a message
alone cost more than a millisecond of the processor, and through Django's cursors 0.4 ms, where
the driver needs 0.15 ("one alone" and "20 members" of `bench/run durable`).
"""

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from chat.errors import ChatError, not_found, signed_out
from chat.models import Configuration, Message, Person
from chat.policies import may_write

Key = tuple[int, int, str]

ROOMS = (
    "SELECT id, slug, epoch, version, last_seq, closed FROM chat_room WHERE id IN ({}) ORDER BY id"
)
ACCOUNTS = get_user_model()._meta.db_table
# The configuration comes along, once: it is the same row for everybody.
AUTHORS = (
    "SELECT p.id, p.public_id, p.name, p.kind, p.blocked_at, a.is_active, c.guests_may_write"  # noqa: S608
    f" FROM chat_person p LEFT JOIN {ACCOUNTS} a ON a.id = p.user_id"
    " LEFT JOIN chat_configuration c ON c.id = 1 WHERE p.id IN ({})"
)
INSERT = (
    "INSERT INTO chat_message"
    " (room_id, seq, version, first_version, author_id, client_id, body, created_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (room_id, author_id, client_id) DO NOTHING"
)
# What holds until an admin has changed something.
GUESTS_MAY_WRITE = Configuration._meta.get_field("guests_may_write").default
ADVANCE = "UPDATE chat_room SET version = %s, last_seq = %s WHERE id = %s"


class Draft(NamedTuple):
    """A message on its way in; `client_id` is its author's idempotency key.

    `refusal` is what is known against writing it; a repeat is answered all the same.
    """

    room_id: int
    author_id: int
    client_id: str
    body: str
    refusal: ChatError | None = None

    @property
    def key(self) -> Key:
        return self[:3]


@dataclass(slots=True)
class LockedRoom:
    """What a write changes of a room, and what is told with it."""

    pk: int
    slug: str
    epoch: str
    version: int
    last_seq: int
    closed: bool


class Author(NamedTuple):
    """What is told of a message's author, and whether they may still write."""

    pk: int
    public_id: str
    name: str
    kind: str
    blocked_at: datetime | None
    is_active: bool | None

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None

    @property
    def is_signed_out(self) -> bool:
        """Whether this is a member whose account is gone or switched off.

        A session is not known here: of one that is over the server hears (chat/accounts.py).
        """
        return self.kind == Person.Kind.MEMBER and not self.is_active


@dataclass(slots=True)
class NewMessage:
    """A message just written: what there is to tell of it, without the cost of a model."""

    room: LockedRoom
    seq: int
    version: int
    author: Author
    client_id: str
    body: str
    created_at: datetime
    edited_at: None = None
    is_deleted: bool = False

    @property
    def room_id(self) -> int:
        return self.room.pk

    @property
    def first_version(self) -> int:
        return self.version


class Receipt(NamedTuple):
    """What a committed draft is answered with; `message` is there to be told unless the same
    draft had been committed before."""

    seq: int
    version: int
    at: datetime
    message: NewMessage | None = None

    @property
    def duplicate(self) -> bool:
        return self.message is None


class _PerhapsRepeated(Exception):
    """A draft of the batch was committed before, or is refused unless it was."""


def append(drafts: Sequence[Draft]) -> list[Receipt | ChatError]:
    """Commit a batch of drafts in one transaction and answer each, in order.

    A draft that may not be written is answered with its refusal and disturbs no other. A repeat
    is answered with the first receipt. Raises what the database raises when nothing was stored.
    """
    if not drafts:
        return []
    try:
        return _commit(drafts)
    except _PerhapsRepeated:
        # Rare. Whoever repeats pays for the looking, not everybody.
        return _commit(drafts, look_for_repeats=True)


def _commit(drafts: Sequence[Draft], look_for_repeats=False) -> list[Receipt | ChatError]:
    """Do what `append` does; raise _PerhapsRepeated where repeats have to be looked for first."""
    with transaction.atomic(), connection.wrap_database_errors, _driver_cursor() as cursor:
        batch = _Batch(cursor, drafts, look_for_repeats)
        outcomes = [batch.settle(draft) for draft in drafts]
        batch.store(cursor)
    return outcomes


def _driver_cursor():
    return closing(connection.connection.cursor())


class _Batch:
    """The rows that a batch of drafts depends on, its rooms locked, and what comes of them."""

    def __init__(self, cursor, drafts: Sequence[Draft], look_for_repeats: bool):
        # Always in the same order, so that writers cannot deadlock. On SQLite the transaction
        # itself is the lock.
        lock = connection.ops.for_update_sql(no_key=True) if _locks_rows() else ""
        rooms = _select(cursor, f"{ROOMS} {lock}", {draft.room_id for draft in drafts})
        authors = _select(cursor, AUTHORS, {draft.author_id for draft in drafts})
        self.rooms = {row[0]: LockedRoom(*row) for row in rooms}
        self.authors = {row[0]: Author(*row[:-1]) for row in authors}
        self.guests_may_write = _guests_may_write(authors)
        self.has_looked = look_for_repeats
        self.known: dict[Key, Message | NewMessage] = _repeats(drafts) if look_for_repeats else {}
        self.now = timezone.now()
        self.new: list[NewMessage] = []

    def settle(self, draft: Draft) -> Receipt | ChatError:
        room, author = self.rooms.get(draft.room_id), self.authors.get(draft.author_id)
        if room is None or author is None:
            return not_found()
        if first := self.known.get(draft.key):
            return _repeat(draft, first)
        if refusal := draft.refusal or _refusal(author, room, self.guests_may_write):
            if not self.has_looked:
                raise _PerhapsRepeated
            return refusal
        message = self._number(draft, room, author)
        return Receipt(message.seq, message.version, message.created_at, message)

    def _number(self, draft: Draft, room: LockedRoom, author: Author) -> NewMessage:
        room.version += 1
        room.last_seq += 1
        message = NewMessage(
            room=room,
            seq=room.last_seq,
            version=room.version,
            author=author,
            client_id=draft.client_id,
            body=draft.body,
            created_at=self.now,
        )
        self.new.append(message)
        self.known[draft.key] = message
        return message

    def store(self, cursor) -> None:
        """Write what is new; raise _PerhapsRepeated when some of it is not."""
        if not self.new:
            return
        at = connection.ops.adapt_datetimefield_value(self.now)
        rows = [
            (m.room.pk, m.seq, m.version, m.version, m.author.pk, m.client_id, m.body, at)
            for m in self.new
        ]
        cursor.executemany(_native(INSERT), rows)
        if cursor.rowcount != len(rows):
            raise _PerhapsRepeated
        rooms = {message.room.pk: message.room for message in self.new}.values()
        cursor.executemany(_native(ADVANCE), [(r.version, r.last_seq, r.pk) for r in rooms])


def _refusal(author: Author, room: LockedRoom, guests_may_write: bool) -> ChatError | None:
    return signed_out() if author.is_signed_out else may_write(author, room, guests_may_write)


def _locks_rows() -> bool:
    return connection.features.has_select_for_no_key_update


def _select(cursor, sql: str, keys: Collection) -> list[tuple]:
    """Give the rows of a statement with one list of keys in it."""
    cursor.execute(_native(sql.format(", ".join(["%s"] * len(keys)))), list(keys))
    return cursor.fetchall()


@cache
def _native(sql: str) -> str:
    """Give a statement with the placeholders of the driver."""
    return sql.replace("%s", "?") if connection.vendor == "sqlite" else sql


def _guests_may_write(authors: Sequence[tuple]) -> bool:
    """Give the configuration's word, or its default where there is no configuration yet."""
    said = authors[0][-1] if authors else None
    return GUESTS_MAY_WRITE if said is None else bool(said)


def _repeats(drafts: Sequence[Draft]) -> dict[Key, Message]:
    """Give the messages that were sent before under the ids of these drafts."""
    keys = [
        Q(room_id=draft.room_id, author_id=draft.author_id, client_id=draft.client_id)
        for draft in drafts
    ]
    messages = Message.objects.filter(reduce(or_, keys))
    return {(m.room_id, m.author_id, m.client_id): m for m in messages}


def _repeat(draft: Draft, first: Message | NewMessage) -> Receipt | ChatError:
    if first.body != draft.body:
        return ChatError(
            "conflict", "Another message was sent under this id: send it under a new one."
        )
    return Receipt(first.seq, first.first_version, first.created_at)
