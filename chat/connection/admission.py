"""What has to hold before somebody is in a room: it is there, and their name is free in it."""

import asyncio

from chat import log
from chat.access import identity, policies
from chat.live.presence import Presence
from chat.live.server import ChatServer
from chat.models import Person, Room
from chat.protocol import User
from chat.rules.limits import rate_limited
from chat.rules.names import clean_room_name
from chat.rules.slugs import plain_slug, slug_of


async def find_or_create_room(
    server: ChatServer, person: Person, address: str, text: str, moved_to: str | None = None
) -> tuple[Room, bool]:
    """Return the room that `person` calls `text`, and whether it was created now.

    `moved_to` is its slug where that is known to be another by now; `address` is where the person
    connects from. Raises ChatError, `not_found` where they may not read the room or create one.
    """
    slug = slug_of(text)

    async def search() -> tuple[Room, bool]:
        room = await server.database.run(log.find_room, moved_to or slug, person)
        if room is None and plain_slug(text) not in {"", slug}:
            room = await server.database.run(log.find_older_room, text, person)
        if room is not None:
            return room, False
        return await _create_room(server, person, address, slug, text), True

    room, is_new = await server.room_searches.find(moved_to or slug, search)
    policies.check_may_read(person, room)
    return room, is_new


async def _create_room(
    server: ChatServer, person: Person, address: str, slug: str, text: str
) -> Room:
    policies.check_may_create(person, server.configuration)
    if wait := server.limiter.wait_for_room(address, asyncio.get_running_loop().time()):
        raise rate_limited(wait)
    return await server.database.run(log.create_room, slug, clean_room_name(text), person)


def check_name_is_free(presence: Presence, room: Room, user: User) -> None:
    """Raise `name_taken` for a guest with the name of somebody else who is in a room.

    Who is there is what this process knows.
    """
    if user.kind != Person.Kind.GUEST:
        return
    if suggestion := presence.substitute_for(room.pk, user):
        raise identity.name_taken(suggestion)
