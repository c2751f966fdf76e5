"""Commands about one's own rooms, joined or not."""

from chat import log, protocol
from chat.connection.connection import Connection
from chat.connection.readmarks import mark_read
from chat.models import Room
from chat.rules.errors import ChatError, not_found
from chat.rules.slugs import slug_of


async def read(connection: Connection, command: protocol.Read) -> None:
    """Store how far the person has read a room."""
    room = await _room_at(connection, command.room)
    mark_read(connection.server, connection.person, room, command.seq, by=connection)


async def _room_at(connection: Connection, address: str) -> Room:
    if follower := connection.rooms.find(address):
        return follower.stream.room
    try:
        slug = connection.rooms.slug_now(slug_of(address))
    except ChatError:
        raise not_found() from None
    return await connection.read(log.get_room, slug, connection.person)


async def watch(connection: Connection, command: protocol.Watch) -> None:
    """Send the list of the person's rooms, and what changes in it."""
    await connection.server.watching.watch(connection, connection.person, command.id)
