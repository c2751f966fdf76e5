"""The write that everybody waits for: a batch of drafts, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from chat.log import driver
from chat.log.authors import Author, Authors, SignIn
from chat.models import Message
from chat.rules.errors import ChatError, not_found

Key = tuple[int, int, str]

ROOMS = (
    "SELECT id, slug, epoch, version, last_seq, closed FROM chat_room WHERE id IN ({}) ORDER BY id"
)
INSERT = (
    "INSERT INTO chat_message"
    " (room_id, seq, version, first_version, author_id, client_id, body, created_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (room_id, author_id, client_id) DO NOTHING"
)
ADVANCE = "UPDATE chat_room SET version = %s, last_seq = %s WHERE id = %s"


class Draft(NamedTuple):
    """A message on its way in; `client_id` is its author's idempotency key.

    `refusal` is what is known against writing it; a repeat is answered all the same. `sign_in`
    is what a member's right to write depends on.
    """

    room_id: int
    author_id: int
    client_id: str
    body: str
    refusal: ChatError | None = None
    sign_in: SignIn | None = None

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
    with transaction.atomic(), connection.wrap_database_errors, driver.cursor() as cursor:
        batch = _Batch(cursor, drafts, look_for_repeats)
        outcomes = [batch.settle(draft) for draft in drafts]
        batch.store(cursor)
    return outcomes


class _Batch:
    """The rows that a batch of drafts depends on, its rooms locked, and what comes of them."""

    def __init__(self, cursor, drafts: Sequence[Draft], look_for_repeats: bool):
        # Always in the same order, so that writers cannot deadlock. On SQLite the transaction
        # itself is the lock.
        lock = connection.ops.for_update_sql(no_key=True) if _locks_rows() else ""
        rooms = driver.select(cursor, f"{ROOMS} {lock}", {draft.room_id for draft in drafts})
        self.rooms = {row[0]: LockedRoom(*row) for row in rooms}
        self.now = timezone.now()
        self.authors = Authors(
            cursor,
            {draft.author_id for draft in drafts},
            {draft.sign_in for draft in drafts if draft.sign_in},
            self.now,
        )
        self.has_looked = look_for_repeats
        self.known: dict[Key, Message | NewMessage] = _repeats(drafts) if look_for_repeats else {}
        self.new: list[NewMessage] = []

    def settle(self, draft: Draft) -> Receipt | ChatError:
        room, author = self.rooms.get(draft.room_id), self.authors.get(draft.author_id)
        if room is None or author is None:
            return not_found()
        if first := self.known.get(draft.key):
            return _repeat(draft, first)
        if refusal := draft.refusal or self.authors.refusal(author, draft.sign_in, room):
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
        cursor.executemany(driver.native(INSERT), rows)
        if cursor.rowcount != len(rows):
            raise _PerhapsRepeated
        rooms = {message.room.pk: message.room for message in self.new}.values()
        cursor.executemany(driver.native(ADVANCE), [(r.version, r.last_seq, r.pk) for r in rooms])


def _locks_rows() -> bool:
    return connection.features.has_select_for_no_key_update


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
