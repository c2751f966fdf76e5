"""Who writes, and whether they still may: read in the transaction that writes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection

from chat.access import policies
from chat.access.identity import SignIn
from chat.log import driver
from chat.log.messages import Author
from chat.models import Configuration, Person
from chat.rules.errors import ChatError, signed_out

ACCOUNTS = get_user_model()._meta.db_table
# In the order of Sender's and Author's fields. The configuration is in each row: it is the same.
SENDER_COLUMNS = ("p.id", *(f"p.{name}" for name in Author._fields))
RIGHTS_COLUMNS = ("p.blocked_at", "a.is_active", "a.is_staff", "a.password")
# A row for each membership in one of some rooms, and one for who has none.
SENDERS = (
    f"SELECT {', '.join(SENDER_COLUMNS + RIGHTS_COLUMNS)}, c.guests_may_write,"  # noqa: S608
    " m.room_id, m.role, m.banned_at"
    f" FROM chat_person p LEFT JOIN {ACCOUNTS} a ON a.id = p.user_id"
    " LEFT JOIN chat_configuration c ON c.id = 1"
    " LEFT JOIN chat_membership m ON m.person_id = p.id AND m.room_id IN ({rooms})"
    " WHERE p.id IN ({{}})"
)
SESSIONS = (
    f"SELECT session_key FROM {Session._meta.db_table}"  # noqa: S608
    " WHERE expire_date > %s AND session_key IN ({})"
)
# What holds until an admin has changed something.
GUESTS_MAY_WRITE = Configuration._meta.get_field("guests_may_write").default


@dataclass(slots=True)
class Sender:
    """Who sends a message, and what their right to do so depends on."""

    id: int
    author: Author
    blocked_at: datetime | None
    is_active: bool | None
    has_admin: bool | None
    password: str | None

    @property
    def kind(self) -> str:
        return self.author.kind

    @property
    def is_staff(self) -> bool:
        return bool(self.is_active and self.has_admin)

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None


class Role(NamedTuple):
    """What somebody's membership in a room allows them."""

    role: str
    banned_at: datetime | None


class Senders(dict[int, Sender]):
    """The senders of a batch by their ids, as they are in this transaction, and their roles in its
    rooms."""

    def __init__(
        self,
        cursor,
        ids: Collection[int],
        rooms: Collection[int],
        sign_ins: Collection[SignIn],
        now: datetime,
    ):
        """Read them, and which of their sessions are not over at `now`."""
        rows = []
        if ids and rooms:
            rows = driver.select(cursor, _senders_in(len(rooms)), ids, *rooms)
        super().__init__((row[0], _sender(row)) for row in rows)
        self._roles = {(row[-3], row[0]): Role(*row[-2:]) for row in rows if row[-3] is not None}
        self._guests_may_write = _guests_may_write(rows)
        self._sessions = _open_sessions(cursor, sign_ins, now) if sign_ins else ()

    def refusal_to_write(self, sender: Sender, sign_in: SignIn | None, room) -> ChatError | None:
        """Return why a sender may not write in a room, or None when they may."""
        if sender.kind == Person.Kind.MEMBER and not self._is_signed_in(sender, sign_in):
            return signed_out()
        role = self._roles.get((room.id, sender.id))
        return policies.refusal_to_write(sender, room, role, self._guests_may_write)

    def may_read(self, sender: Sender, room) -> bool:
        """Whether a sender may read a room, and so know what is in it."""
        role = self._roles.get((room.id, sender.id))
        return policies.may(sender, policies.Action.READ, room, role)

    def may_moderate(self, sender: Sender, sign_in: SignIn | None, room) -> bool:
        """Whether a sender may delete what others wrote in a room."""
        role = self._roles.get((room.id, sender.id))
        is_member = sender.kind == Person.Kind.MEMBER
        return (not is_member or self._is_signed_in(sender, sign_in)) and policies.may(
            sender, policies.Action.MODERATE, room, role
        )

    def _is_signed_in(self, sender: Sender, sign_in: SignIn | None) -> bool:
        """Whether a member's account is still there and active, the session not ended, and the
        password the same: a new one ends the sessions of the old, as everywhere in Django."""
        if not sender.is_active or sign_in is None:
            return False
        return sign_in.session_key in self._sessions and sign_in.password == sender.password


@cache
def _senders_in(rooms: int) -> str:
    """Return the statement for so many rooms."""
    return SENDERS.format(rooms=", ".join(["%s"] * rooms))


def _sender(row: tuple) -> Sender:
    split = len(SENDER_COLUMNS)
    return Sender(row[0], Author(*row[1:split]), *row[split : split + len(RIGHTS_COLUMNS)])


def _open_sessions(cursor, sign_ins: Collection[SignIn], now: datetime) -> set[str]:
    """Return the keys of those sessions that exist and have not expired."""
    keys = {sign_in.session_key for sign_in in sign_ins}
    at = connection.ops.adapt_datetimefield_value(now)
    return {key for (key,) in driver.select(cursor, SESSIONS, keys, at)}


def _guests_may_write(rows: Collection[tuple]) -> bool:
    """Return the configuration's value, or its default where there is no configuration yet."""
    value = rows[0][-4] if rows else None
    return GUESTS_MAY_WRITE if value is None else bool(value)
