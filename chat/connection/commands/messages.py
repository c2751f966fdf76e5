"""Commands that write messages, and change them.

A write is acknowledged after its commit, which is not awaited: more commands may be run meanwhile.
"""

from functools import partial

from chat import protocol
from chat.connection.beside import send_own_reaction
from chat.connection.connection import Connection
from chat.connection.drafts import prepare_edit, prepare_message, prepare_reaction
from chat.log import Deletion, Receipt, Write
from chat.models import Room
from chat.rules.errors import ChatError


async def send_message(connection: Connection, command: protocol.Send) -> None:
    """Submit a message."""
    room = connection.follower(command.room).stream.room
    draft = await prepare_message(
        connection.server, connection.person, connection.sign_in, room, command
    )
    _submit(connection, room, command.id, draft)


async def edit_message(connection: Connection, command: protocol.Edit) -> None:
    """Submit another text for a message."""
    room = connection.follower(command.room).stream.room
    edit = await prepare_edit(
        connection.server, connection.person, connection.sign_in, room, command.seq, command
    )
    _submit(connection, room, command.id, edit)


async def delete_message(connection: Connection, command: protocol.Delete) -> None:
    """Submit the deletion of a message."""
    room = connection.follower(command.room).stream.room
    deletion = Deletion(room.pk, command.seq, True, connection.person.pk, connection.sign_in)
    _submit(connection, room, command.id, deletion)


async def react(connection: Connection, command: protocol.React) -> None:
    """Submit a reaction to a message."""
    room = connection.follower(command.room).stream.room
    reaction = prepare_reaction(
        connection.person, connection.sign_in, room, command.seq, command.emoji, command.on
    )

    def acknowledge(outcome: Receipt | ChatError) -> None:
        _acknowledge(connection, room, command.id, outcome)
        send_own_reaction(connection.server, connection.person, room, reaction, outcome, known=1)

    connection.server.committer.submit_write(reaction, acknowledge)


def _submit(connection: Connection, room: Room, id: str, write: Write) -> None:
    acknowledge = partial(_acknowledge, connection, room, id)
    connection.server.committer.submit_write(write, acknowledge)


def _acknowledge(connection: Connection, room: Room, id: str, outcome: Receipt | ChatError) -> None:
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
