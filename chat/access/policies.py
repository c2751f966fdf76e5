"""Who may do what, and the refusals for those who may not.

`may` decides; a `refusal_*` returns the reason, or None; a `check_*` raises it.
"""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from django.utils.translation import gettext as _

from chat.models import Configuration, Person, Room
from chat.rules.errors import ChatError, blocked, not_found
from chat.rules.names import is_unprintable

# In a room with more people than that, moderators alone address everybody.
SMALL_CROWD = 20


class Action(Enum):
    """What somebody can want to do in a room."""

    READ = auto()  # its messages, who is there, and that it exists
    WRITE = auto()


class Actor(Protocol):
    """Somebody whose rights are asked about: a Person, or the log's row of one."""

    kind: str

    @property
    def is_blocked(self) -> bool:
        """Whether an admin has removed them from the site."""


class Written(Protocol):
    """A message whose rights are asked about."""

    author_id: int
    created_at: datetime


def may(
    person: Actor | None, action: Action, room: Room, *, guests_may_write: bool = False
) -> bool:
    """Whether `person`, None for somebody unknown, may do something in a room.

    The one place that decides. `guests_may_write` is the site's setting, which writing alone
    depends on.
    """
    if action is Action.READ:
        # All rooms are public. The blocked are refused as persons, wherever they identify.
        return True
    return person is not None and refusal_to_write(person, room, guests_may_write) is None


def check_may_read(person: Actor | None, room: Room) -> None:
    """Raise `not_found` for a room that `person` may not read, as for one that does not exist."""
    if not may(person, Action.READ, room):
        raise not_found()


def refusal_to_write(person: Actor, room: Room, guests_may_write: bool) -> ChatError | None:
    """Return why `person` may not write in `room`, or None when they may.

    Asked again inside the transaction that writes, so that nothing gets in between.
    """
    if person.is_blocked:
        return blocked()
    if room.closed:
        return ChatError("forbidden", _("Not sent. This room is closed."))
    if person.kind == Person.Kind.GUEST and not guests_may_write:
        return ChatError("forbidden", _("Only members can write here. Sign in to take part."))
    return None


def may_create(person: Actor | None, configuration: Configuration) -> bool:
    """Whether `person`, None for somebody who will be a guest, makes the missing room they join."""
    is_guest = person is None or person.kind == Person.Kind.GUEST
    only_reads = is_guest and not configuration.guests_may_write
    return configuration.joining_creates_rooms and not only_reads


def refusal_to_change(message: Written, author_id: int) -> ChatError | None:
    """Return why somebody may not edit or delete a message, or None when they may."""
    if message.author_id == author_id:
        return None
    return ChatError("forbidden", _("Somebody else wrote this message. You can change your own."))


def refusal_of_closed(room: Room) -> ChatError | None:
    """Return why nothing in a room can be changed, or None where it is open."""
    if not room.closed:
        return None
    return ChatError("forbidden", _("This room is closed. Nothing in it can be changed."))


def refusal_to_edit(message: Written, now: datetime, window: timedelta) -> ChatError | None:
    """Return why a message may no longer be edited by its author, or None while it may."""
    if now - message.created_at < window:
        return None
    return ChatError("forbidden", _("This message can no longer be edited. Write a new one."))


def may_address_everybody(present: int) -> bool:
    """Whether anybody may address all in a room where so many are present; moderators always."""
    return present <= SMALL_CROWD


def check_may_create(person: Person, configuration: Configuration) -> None:
    """Raise `not_found` for somebody who joins a missing room and may not create it."""
    if not may_create(person, configuration):
        raise not_found()


def clean_body(body: str) -> str:
    """Return a message's text as it is stored: what was typed.

    Raises ChatError `bad_request` where there is nothing to see and for a NUL (which PostgreSQL
    cannot store).
    """
    if all(character.isspace() or is_unprintable(character) for character in body):
        raise ChatError(
            "bad_request", _("There is nothing in this message. Write something first.")
        )
    if "\x00" in body:
        raise ChatError("bad_request", _("This message has a NUL character in it. Take that out."))
    return body


def refusal_of_length(body: str, configuration: Configuration) -> ChatError | None:
    """Return why a message is too long, or None when it is not.

    Returned, not raised: it may have been stored before the limit was lowered and be a repeat,
    which only the log knows.
    """
    if len(body) <= configuration.max_body:
        return None
    return ChatError(
        "too_long",
        _("This message is too long. Send it in parts of up to %(limit)s characters.")
        % {"limit": configuration.max_body},
    )
