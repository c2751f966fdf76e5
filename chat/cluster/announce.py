"""Publish, from synchronous code, what an admin or a command has changed.

Each function waits for the commit of the transaction it is called in, and publishes nothing where
the change is rolled back.
"""

from functools import partial
from typing import Protocol

from django.db import transaction

from chat.cluster.hints import (
    ChangedRoom,
    Changes,
    ConfigurationChanged,
    Hint,
    MembershipChanged,
    PersonChanged,
    PersonRenamed,
    RoomChanged,
)
from chat.cluster.transport import send_now
from chat.models import Person, Room
from chat.protocol.sources import MessageLike


class Changed(Protocol):
    """What a write to a room's log returns (chat/log/): nothing of both where nothing changed."""

    room: ChangedRoom | None
    message: MessageLike | None


def message_changed(change: Changed) -> None:
    """Send a message as it is now to everybody in its room."""
    if change.message is not None:
        _after_commit(Changes.of(change.room, [change.message]))


def room_changed(room: Room) -> None:
    """Send a room's followers its name, topic, address and whether it is closed; or that it is
    gone. Those who belong to it have it as it is now in their lists."""
    _after_commit(RoomChanged(room.pk))
    _after_commit(MembershipChanged(room.pk))


def membership_changed(room: Room, person: Person) -> None:
    """Show somebody the room in their list as it is for them now, or that it is gone from it."""
    _after_commit(MembershipChanged(room.pk, person.public_id))


def configuration_changed() -> None:
    """Make every process read the configuration again and send it to its clients."""
    _after_commit(ConfigurationChanged())


def person_changed(person: Person) -> None:
    """Make every process read a person again: their name, and whether they are blocked."""
    _after_commit(PersonChanged(person.public_id))


def person_renamed(person: Person) -> None:
    """Make every process show a person under the name that they have now."""
    person_changed(person)
    _after_commit(PersonRenamed(person.public_id))


def account_changed(user_id: int | str) -> None:
    """Make every process check whether somebody's sessions are still valid."""
    if person := Person.objects.filter(user_id=user_id).first():
        _after_commit(PersonChanged(person.public_id))


def _after_commit(hint: Hint) -> None:
    transaction.on_commit(partial(send_now, hint))
