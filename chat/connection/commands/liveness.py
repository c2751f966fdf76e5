"""Commands that are signs of life, and write nothing to the log."""

from chat import protocol
from chat.access import policies
from chat.access.policies import Action
from chat.connection.connection import Connection


async def typing(connection: Connection, command: protocol.Typing) -> None:
    """Send the room that the person is typing, where they may write."""
    follower = connection.follower(command.room)
    room = follower.stream.room
    guests_may_write = connection.server.configuration.guests_may_write
    may_write = policies.may(
        connection.person,
        Action.WRITE,
        room,
        follower.membership,
        guests_may_write=guests_may_write,
    )
    if may_write:
        connection.server.typists.started_typing(room.pk, connection.user)


async def ping(connection: Connection, command: protocol.Ping) -> None:
    """Reply with a sign of life."""
    connection.out.send(protocol.PongEvent(id=command.id))
