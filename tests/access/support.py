"""Rooms that are not open to everybody, and who belongs to them."""

from asgiref.sync import sync_to_async
from django.conf import settings

from chat.access import memberships
from chat.live import server
from chat.log import create_room
from chat.models import Membership, Person, Room
from chat.rules.slugs import unguessable_slug
from tests.api.support import Caller
from tests.support.sockets import OWN_ORIGIN, connect

Role = Membership.Role


def connected(caller: Caller):
    """Open a socket of somebody who uses the API, too."""
    if caller.token:
        return connect(token=caller.token)
    return connect(session=caller.cookies[settings.SESSION_COOKIE_NAME], origin=OWN_ORIGIN)


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
    """Set the role of somebody in a room, as its owner would."""
    await sync_to_async(memberships.set_role)(room.pk, await person_of(user), role)
    await (await server.current()).feed.apply_access(room.pk)


async def remove(room: Room, user: dict, *, ban: bool = False) -> None:
    """Remove somebody from a room, as its moderator would."""
    await sync_to_async(memberships.remove)(room.pk, await person_of(user), ban=ban)
    await (await server.current()).feed.apply_access(room.pk)


async def make_it_private(room: Room) -> None:
    """Make a room private, as its owner would."""

    def change():
        with memberships.changed_access(room.pk) as locked:
            locked.kind, locked.slug = Room.Kind.PRIVATE, unguessable_slug("club")
            locked.save(update_fields=["kind", "slug"])

    await sync_to_async(change)()
    await (await server.current()).feed.apply_access(room.pk)
