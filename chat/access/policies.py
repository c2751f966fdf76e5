"""Who may do what, and the refusals for those who may not.

`may` decides; a `refusal_*` returns the reason, or None; a `check_*` raises it.
"""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from django.utils.translation import gettext as _

from chat.models import Configuration, Membership, Person, Room
from chat.rules.errors import ChatError, blocked, not_found
from chat.rules.names import is_unprintable

# In a room with more people than that, moderators alone address everybody.
SMALL_CROWD = 20


Role = Membership.Role


class Action(Enum):
    """What somebody can want to do in a room."""

    READ = auto()  # its messages, who is there, and that it exists
    WRITE = auto()
    INVITE = auto()  # somebody to a room that is not public
    MODERATE = auto()  # delete others' messages, remove and ban people
    MANAGE = auto()  # its settings, its people's roles, its end


class Actor(Protocol):
    """Somebody whose rights are asked about: a Person, or the log's row of one."""

    kind: str

    @property
    def is_blocked(self) -> bool:
        """Whether an admin has removed them from the site."""

    @property
    def is_staff(self) -> bool:
        """Whether they moderate the site: an active account with access to the admin."""


class Place(Protocol):
    """A room as far as rights depend on it: a Room, or the log's row of one."""

    kind: str
    password: str
    closed: bool


class Belonging(Protocol):
    """Somebody's membership in a room."""

    role: str
    banned_at: datetime | None


class Written(Protocol):
    """A message whose rights are asked about."""

    author_id: int
    created_at: datetime


def is_open(room: Place) -> bool:
    """Whether everybody may read a room who is not banned there."""
    return room.kind == Room.Kind.PUBLIC and not room.password


def may(
    person: Actor | None,
    action: Action,
    room: Place,
    membership: Belonging | None,
    *,
    guests_may_write: bool = False,
) -> bool:
    """Whether `person`, None for somebody unknown, may do something in a room.

    The one place that decides. `membership` is theirs in this room. `guests_may_write` is the
    site's setting, which writing alone depends on.
    """
    if action is Action.READ:
        # The blocked are refused as persons, wherever they identify.
        return is_open(room) if membership is None else membership.banned_at is None
    if person is None:
        return False
    if action is Action.WRITE:
        return refusal_to_write(person, room, membership, guests_may_write) is None
    return not person.is_blocked and _may_rule(person, action, room, membership)


def _may_rule(person: Actor, action: Action, room: Place, membership: Belonging | None) -> bool:
    role = membership.role if membership and membership.banned_at is None else None
    # Each role compared by itself: to hash one for a set took a fifth of `rights_in`.
    if room.kind == Room.Kind.DIRECT:
        # It is between its people, and stays so.
        return False
    if action is Action.INVITE:
        return person.kind != Person.Kind.GUEST and role is not None and role != Role.READER
    if action is Action.MODERATE:
        return role == Role.OWNER or role == Role.MODERATOR or person.is_staff
    return role == Role.OWNER or (person.is_staff and room.kind == Room.Kind.PUBLIC)


def check_may_read(person: Actor | None, room: Place, membership: Belonging | None) -> None:
    """Raise `not_found` for a room that `person` may not read, as for one that does not exist."""
    if not may(person, Action.READ, room, membership):
        raise not_found()


def ending_of_membership(
    room: Place, before: Belonging | None, now: Belonging | None
) -> str | None:
    """Return why somebody with one membership `before` and another `now` has to leave a room, or
    None where they may stay."""
    if now and now.banned_at is not None:
        return "banned"
    if before and not now:
        return "removed"
    if now or is_open(room):
        return None
    return "password" if asks_for_password(room, now) else "private"


def between_its_people() -> ChatError:
    """Return the error for a direct room, which nobody changes and whose people stay the same."""
    return ChatError("forbidden", _("This room is between its people. Start another one instead."))


def refusal_to_invite(
    person: Actor, room: Place, membership: Belonging | None, role: str
) -> ChatError | None:
    """Return why somebody may not invite others to a room in a role, or None when they may."""
    if room.kind == Room.Kind.DIRECT:
        return between_its_people()
    if not may(person, Action.INVITE, room, membership):
        return ChatError("forbidden", _("You cannot invite people to this room. Ask its owner."))
    # Into a public room everybody comes by themselves, with the right to write.
    modest = {Role.MEMBER, Role.READER} if room.kind == Room.Kind.PRIVATE else {Role.MEMBER}
    if role in modest or may(person, Action.MANAGE, room, membership):
        return None
    return ChatError("forbidden", _("Only owners give that role. Invite people as members."))


def may_hold(person: Actor | None, role: str) -> bool:
    """Whether somebody, None for who would be a guest, can have a role: guests rule no room."""
    is_guest = person is None or person.kind == Person.Kind.GUEST
    return not is_guest or role in {Role.MEMBER, Role.READER}


def asks_for_password(room: Place, membership: Belonging | None) -> bool:
    """Whether somebody may come into a room by its password alone."""
    return room.kind == Room.Kind.PUBLIC and bool(room.password) and membership is None


def refusal_to_write(
    person: Actor, room: Place, membership: Belonging | None, guests_may_write: bool
) -> ChatError | None:
    """Return why `person` may not write in `room`, or None when they may.

    Asked again inside the transaction that writes, so that nothing gets in between.
    """
    if person.is_blocked:
        return blocked()
    if not may(person, Action.READ, room, membership):
        return not_found()
    if room.closed:
        return ChatError("forbidden", _("Not sent. This room is closed."))
    if membership and membership.role == Role.READER:
        return ChatError("forbidden", _("You can only read here. Ask an owner of the room."))
    is_public_to_guests = person.kind == Person.Kind.GUEST and room.kind == Room.Kind.PUBLIC
    if is_public_to_guests and not guests_may_write:
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
