"""The write that everybody waits for: a batch of changes to rooms, in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from chat.access.identity import SignIn
from chat.log import driver, notices
from chat.log.messages import Key, StoredMessage, insertion, select_keys
from chat.log.notices import Told
from chat.log.senders import Sender, Senders
from chat.rules.errors import ChatError


@dataclass(slots=True)
class LockedRoom:
    """The head of a room's log, as a transaction holds it; the fields are columns of its row."""

    id: int
    slug: str
    epoch: str
    version: int
    last_seq: int
    closed: bool
    kind: str
    password: str


ROOMS = (
    f"SELECT {', '.join(field.name for field in fields(LockedRoom))}"  # noqa: S608
    " FROM chat_room WHERE id IN ({}) ORDER BY id"
)
ADVANCE = "UPDATE chat_room SET version = %s, last_seq = %s WHERE id = %s"


class Receipt(NamedTuple):
    """The outcome of a committed write.

    `room` and `message` are there when something changed, to be published; a write that had been
    committed before, or had nothing to change, is a `duplicate`. `told` are those whom the message
    means. `parts` has the outcomes of
    several that were one change.
    """

    seq: int
    version: int
    at: datetime
    room: LockedRoom | None = None
    message: StoredMessage | None = None
    parts: Sequence["Receipt | ChatError"] = ()
    told: Sequence[Told] = ()

    @property
    def duplicate(self) -> bool:
        return self.message is None


class Write(Protocol):
    """A change to a room's log: a Draft (append.py), an Edit or a Deletion (changes.py), or
    Reactions (reactions.py).

    `seq` is the message that it changes, `reply_to` the one that it replies to.
    """

    room_id: int
    seq: int | None
    reply_to: int | None
    author_id: int | None
    sign_in: SignIn | None

    def apply(self, batch: "Batch") -> Receipt | ChatError:
        """Make the change, or return why it may not be made."""


class PerhapsRepeated(Exception):
    """A draft of the batch was committed before, or is refused unless it was."""


def commit_writes(writes: Sequence[Write]) -> list[Receipt | ChatError]:
    """Commit a batch of writes in one transaction; return the outcome of each, in order.

    A write that may not be made has its refusal as outcome and disturbs no other. Raises what the
    database raises when nothing was stored.
    """
    if not writes:
        return []
    try:
        return _commit_once(writes)
    except PerhapsRepeated:
        # Rare. Only a batch with a repeat pays for the search, not every batch.
        return _commit_once(writes, finds_repeats=True)


def _commit_once(writes: Sequence[Write], finds_repeats: bool = False) -> list[Receipt | ChatError]:
    """Do what `commit_writes` does; raise PerhapsRepeated where repeats must be searched first."""
    connection = driver.own_connection()
    with transaction.atomic(), connection.wrap_database_errors, driver.cursor(connection) as cursor:
        batch = Batch(connection, cursor, writes, finds_repeats)
        outcomes = [write.apply(batch) for write in writes]
        batch.store_changes()
    return outcomes


class Batch:
    """What the writes of one transaction depend on, its rooms locked, and what they change.

    `known` has the messages sent before under the idempotency keys of this batch's drafts, as far
    as they are known: those of the batch itself, and with `finds_repeats` those in the database.
    """

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        cursor,
        writes: Sequence[Write],
        finds_repeats: bool,
    ):
        self._connection, self._cursor = connection, cursor
        # Always in the same order, so that writers cannot deadlock. On SQLite the transaction
        # itself is the lock.
        lock = ""
        if connection.features.has_select_for_no_key_update:
            lock = connection.ops.for_update_sql(no_key=True)
        rows = driver.select(cursor, f"{ROOMS} {lock}", {write.room_id for write in writes})
        self._rooms = {row[0]: LockedRoom(*row) for row in rows}
        self.now = timezone.now()
        self._senders = Senders(
            cursor,
            {write.author_id for write in writes if write.author_id},
            self._rooms,
            {write.sign_in for write in writes if write.sign_in},
            self.now,
        )
        self.writes = writes
        self.finds_repeats = finds_repeats
        self.known: dict | None = None
        self._messages = _read_messages(writes)
        self._appended: list[StoredMessage] = []
        self._notices: list[notices.Change] = []
        self._changed: dict[int, LockedRoom] = {}

    def room(self, room_id: int) -> LockedRoom | None:
        """Return a room of this batch; None where there is none."""
        return self._rooms.get(room_id)

    def sender(self, author_id: int) -> Sender | None:
        """Return an author of this batch as they are now; None where there is none."""
        return self._senders.get(author_id)

    def read_senders(self, ids: Collection[int], sign_ins: Collection[SignIn]) -> Senders:
        """Return more people as they are in this transaction."""
        return Senders(self._cursor, ids, self._rooms, sign_ins, self.now)

    def refusal_to_write(
        self, sender: Sender, sign_in: SignIn | None, room: LockedRoom
    ) -> ChatError | None:
        """Return why somebody may not write in a room, or None when they may."""
        return self._senders.refusal_to_write(sender, sign_in, room)

    def may_read(self, author_id: int | None, room: LockedRoom) -> bool:
        """Whether the author of a write may read a room; one without an author is a moderator's."""
        if author_id is None:
            return True
        sender = self.sender(author_id)
        return sender is not None and self._senders.may_read(sender, room)

    def may_moderate(self, sender: Sender, sign_in: SignIn | None, room: LockedRoom) -> bool:
        """Whether somebody may delete what others wrote in a room."""
        return self._senders.may_moderate(sender, sign_in, room)

    def message(self, room_id: int, seq: int | None) -> StoredMessage | None:
        """Return a message that a write of this batch names, as it is after those before."""
        return self._messages.get((room_id, seq))

    def message_to_change(self, room_id: int, seq: int) -> StoredMessage | None:
        """Return a message with what it replies to, and its row in the database."""
        message = self.message(room_id, seq)
        if message is None:
            return None
        if any(message is appended for appended in self._appended):
            self._insert_appended()
        return replace(message, original=self.message(room_id, message.reply_to))

    def change_message(self, message: StoredMessage, **fields) -> StoredMessage:
        """Return a message with other values, as those that follow in this batch will read it.

        A copy: the receipts of the writes before have the message as it was then.
        """
        changed = replace(message, **fields)
        self._messages[message.room_id, message.seq] = changed
        return changed

    def next_version(self, room: LockedRoom) -> int:
        """Return the room's next version, for a change."""
        room.version += 1
        self._changed[room.id] = room
        return room.version

    def add_message(self, message: StoredMessage) -> None:
        """Store a new message at the end of the transaction, in one statement with the others."""
        self._appended.append(message)
        self._messages[message.room_id, message.seq] = message

    def note_meant(self, change: notices.Change | None) -> Sequence[Told]:
        """Store whom a message means at the end of the transaction; return those to be told, in a
        list that is filled then."""
        if change is None:
            return ()
        self._notices.append(change)
        return change.told

    def store_changes(self) -> None:
        """Write the new messages, whom they mean, and the rooms' heads.

        Raises PerhapsRepeated when some of the messages were there already.
        """
        if self._appended:
            self._insert_appended()
        if self._notices:
            notices.store_meant(self._notices)
        if self._changed:
            heads = [(r.version, r.last_seq, r.id) for r in self._changed.values()]
            self._cursor.executemany(driver.native(ADVANCE), heads)

    def _insert_appended(self) -> None:
        created_at = self._connection.ops.adapt_datetimefield_value(self.now)
        sql, rows = insertion(self._appended, created_at)
        self._cursor.executemany(driver.native(sql), rows)
        if self._cursor.rowcount != len(rows):
            raise PerhapsRepeated
        self._appended = []


def _read_messages(writes: Sequence[Write]) -> dict[Key, StoredMessage]:
    """Return the messages that some writes name, and what those to be changed reply to.

    All in two queries: the rooms are locked meanwhile.
    """
    changed = {(write.room_id, write.seq) for write in writes if write.seq is not None}
    replied_to = {(w.room_id, w.reply_to) for w in writes if w.reply_to is not None}
    if not (changed or replied_to):
        return {}
    read = select_keys(changed | replied_to)
    replies = [read[key] for key in changed & read.keys()]
    further = {(m.room_id, m.reply_to) for m in replies if m.reply_to is not None}
    return read | select_keys(further - read.keys())
