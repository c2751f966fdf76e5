"""A room as it is shown to one person alone: with their place there, and what they may do."""

from typing import Protocol

from chat import protocol
from chat.access.policies import Action, Actor, Belonging, Place, may
from chat.models import Person, Room
from chat.protocol.sources import MembershipLike

# Besides reading and writing.
RIGHTS = (Action.INVITE, Action.MODERATE, Action.MANAGE)


class OwnPlace(Belonging, MembershipLike, Protocol):
    """Somebody's membership in a room: a model, or the log's row of one."""


def room_for(person: Person, room: Room, membership: OwnPlace | None) -> protocol.Room:
    """Return a room as somebody is sent it who has this membership there, if any."""
    rights = rights_in(person, room, membership) if membership else ()
    return protocol.Room.of(room, membership, rights)


def rights_in(person: Actor, room: Place, membership: Belonging) -> list[str]:
    """Return what somebody may do in a room, in the protocol's words."""
    return [action.name.lower() for action in RIGHTS if may(person, action, room, membership)]
