"""Rooms that are not open to everybody, and who belongs to them."""

from asgiref.sync import sync_to_async

from chat.access import memberships
from chat.live import server
from chat.log import create_room
from chat.models import Membership, Person, Room

Role = Membership.Role


@sync_to_async
def make_private(slug: str = "club", kind: str = Room.Kind.PRIVATE, **fields) -> Room:
    """Make a room that nobody belongs to."""
    room = create_room(slug, slug.title(), None)
    for name, value in {"kind": kind, **fields}.items():
        setattr(room, name, value)
    room.save()
    return room


@sync_to_async
def person_of(user: dict) -> Person:
    """Return the person of a User object."""
    return Person.objects.get(public_id=user["id"])


async def admit(room: Room, user: dict, role: str = Role.MEMBER) -> None:
    """Give somebody a role in a room, as its owner would."""
    await sync_to_async(memberships.set_role)(room.pk, await person_of(user), role)
    await (await server.current()).feed.apply_access(room.pk)


async def remove(room: Room, user: dict, *, ban: bool = False) -> None:
    """Remove somebody from a room, as its moderator would."""
    await sync_to_async(memberships.remove)(room.pk, await person_of(user), ban=ban)
    await (await server.current()).feed.apply_access(room.pk)
