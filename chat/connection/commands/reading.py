"""Commands that read the log, and say how far the client has received it."""

from chat import log, protocol
from chat.connection.beside import read_beside
from chat.connection.connection import Connection, not_in_room
from chat.live.follower import Follower
from chat.protocol import Message


async def sync(connection: Connection, command: protocol.Sync) -> None:
    """Send what changed after a version."""
    is_there = await connection.replay(
        connection.follower(command.room),
        command.after,
        command.epoch,
        lambda backlog, beside: protocol.SyncedEvent(
            id=command.id,
            room=backlog.room.slug,
            epoch=backlog.room.epoch,
            version=backlog.room.version,
            reset=backlog.reset,
            messages=[Message.of(message) for message in backlog.messages],
            **beside,
            refs=protocol.refs_of(backlog.messages),
        ),
    )
    if not is_there:
        raise not_in_room()


async def history(connection: Connection, command: protocol.History) -> None:
    """Send a page of messages before, after or around a seq."""
    follower = connection.follower(command.room)
    room_id = follower.stream.room.pk
    place = log.Place(command.before, command.after, command.around)
    page = await connection.read(log.page, room_id, place, command.limit)
    beside = await read_beside(connection.server, connection.person, room_id, page.messages)
    _check_is_there(connection, follower)
    connection.out.send(
        protocol.HistoryEvent(
            id=command.id,
            room=follower.slug,
            messages=[Message.of(message) for message in page.messages],
            more=page.more,
            newer=page.newer,
            **beside,
            refs=protocol.refs_of(page.messages),
        )
    )


async def get_messages(connection: Connection, command: protocol.Get) -> None:
    """Send the messages with some seqs."""
    follower = connection.follower(command.room)
    room_id = follower.stream.room.pk
    messages = await connection.read(log.select_at, room_id, command.seqs)
    beside = await read_beside(connection.server, connection.person, room_id, messages)
    _check_is_there(connection, follower)
    connection.out.send(
        protocol.MessagesEvent(
            id=command.id,
            room=follower.slug,
            messages=[Message.of(message) for message in messages],
            **beside,
        )
    )


def _check_is_there(connection: Connection, follower: Follower) -> None:
    """Raise `forbidden` where the person's place in the room has ended while the log was read."""
    if follower not in follower.stream.followers:
        raise not_in_room()


async def note_received(connection: Connection, command: protocol.Received) -> None:
    """Note the highest version that the client has: flow control."""
    follower = connection.follower(command.room)
    follower.stream.note_received(follower, command.version)
