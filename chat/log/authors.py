"""Who writes, and whether they still may: asked in the transaction that writes."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection

from chat.access.policies import may_write
from chat.log import driver
from chat.models import Configuration, Person
from chat.rules.errors import ChatError, signed_out

ACCOUNTS = get_user_model()._meta.db_table
# The configuration comes along, once: it is the same row for everybody.
AUTHORS = (
    "SELECT p.id, p.public_id, p.name, p.kind, p.blocked_at, a.is_active, a.password,"  # noqa: S608
    f" c.guests_may_write FROM chat_person p LEFT JOIN {ACCOUNTS} a ON a.id = p.user_id"
    " LEFT JOIN chat_configuration c ON c.id = 1 WHERE p.id IN ({})"
)
SESSIONS = (
    f"SELECT session_key FROM {Session._meta.db_table}"  # noqa: S608
    " WHERE expire_date > %s AND session_key IN ({})"
)
# What holds until an admin has changed something.
GUESTS_MAY_WRITE = Configuration._meta.get_field("guests_may_write").default


class SignIn(NamedTuple):
    """What a member's right to write depends on: a session, and the password (its hash) that the
    account had when the session was found to be theirs."""

    session_key: str
    password: str


class Author(NamedTuple):
    """What is told of a message's author, and whether they may still write."""

    pk: int
    public_id: str
    name: str
    kind: str
    blocked_at: datetime | None
    is_active: bool | None
    password: str | None

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None


class Authors(dict[int, Author]):
    """The authors of a batch by their keys, as they are in this transaction."""

    def __init__(self, cursor, keys: Collection[int], sign_ins: Collection[SignIn], now: datetime):
        """Read them, and which of their sessions are not over at `now`."""
        rows = driver.select(cursor, AUTHORS, keys)
        super().__init__((row[0], Author(*row[:-1])) for row in rows)
        self._guests_may_write = _guests_may_write(rows)
        self._sessions = _open_sessions(cursor, sign_ins, now) if sign_ins else ()

    def refusal(self, author: Author, sign_in: SignIn | None, room) -> ChatError | None:
        """Say why an author may not write in a room, or None when they may."""
        if author.kind == Person.Kind.MEMBER and not self._is_signed_in(author, sign_in):
            return signed_out()
        return may_write(author, room, self._guests_may_write)

    def _is_signed_in(self, author: Author, sign_in: SignIn | None) -> bool:
        """Whether a member's account is still there and active, the session not ended, and the
        password the same: a new one ends the sessions of the old, as everywhere in Django."""
        if not author.is_active or sign_in is None:
            return False
        return sign_in.session_key in self._sessions and sign_in.password == author.password


def _open_sessions(cursor, sign_ins: Collection[SignIn], now: datetime) -> set[str]:
    """Give the keys of those sessions that are there and have not expired."""
    keys = {sign_in.session_key for sign_in in sign_ins}
    at = connection.ops.adapt_datetimefield_value(now)
    return {key for (key,) in driver.select(cursor, SESSIONS, keys, at)}


def _guests_may_write(authors: Collection[tuple]) -> bool:
    """Give the configuration's word, or its default where there is no configuration yet."""
    said = authors[0][-1] if authors else None
    return GUESTS_MAY_WRITE if said is None else bool(said)
