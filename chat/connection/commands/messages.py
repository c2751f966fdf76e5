"""Commands that write messages."""

from functools import partial

from chat import protocol
from chat.connection.connection import Connection
from chat.connection.drafts import prepare_message
from chat.log import Receipt
from chat.models import Room
from chat.rules.errors import ChatError


async def send_message(connection: Connection, command: protocol.Send) -> None:
    """Submit a message; it is acknowledged after its commit.

    The commit is not awaited: more commands may be run meanwhile.
    """
    server = connection.server
    room = connection.follower(command.room).stream.room
    draft = prepare_message(
        server, connection.person, connection.sign_in, room, command.id, command.body
    )
    server.committer.submit_write(
        draft, partial(_acknowledge_message, connection, room, command.id)
    )


def _acknowledge_message(
    connection: Connection, room: Room, id: str, outcome: Receipt | ChatError
) -> None:
    if isinstance(outcome, ChatError):
        connection.out.send(protocol.ErrorEvent.of(outcome, id))
        return
    connection.out.send(
        protocol.AckEvent(
            id=id,
            room=room.slug,
            seq=outcome.seq,
            version=outcome.version,
            at=outcome.at,
            duplicate=outcome.duplicate,
        )
    )
