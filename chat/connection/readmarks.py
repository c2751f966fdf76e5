"""How far people have read: stored soon, and shown on their other devices."""

from functools import partial

from chat import protocol
from chat.access.memberships import ReadMark
from chat.live.batcher import keep_trying, outcome_of
from chat.live.registry import Client
from chat.live.server import ChatServer
from chat.models import Person, Room
from chat.rules.errors import ChatError


def mark_read(
    server: ChatServer, person: Person, room: Room, seq: int, by: Client | None = None
) -> None:
    """Store that somebody has read a room up to a seq, by one of their connections.

    Whoever does not belong to the room is ignored: they keep it themselves.
    """
    mark = ReadMark(room.pk, person.pk, seq)
    publish = partial(_publish, server, person.public_id, room, by)
    keep_trying(partial(server.committer.mark_read, mark), publish)


async def read_up_to(server: ChatServer, person: Person, room: Room, seq: int) -> None:
    """Do what `mark_read` does, and return once it is stored. Raises ChatError `unavailable`."""
    mark = ReadMark(room.pk, person.pk, seq)
    new = await outcome_of(server.committer.mark_read, mark)
    _publish(server, person.public_id, room, None, new)


def _publish(
    server: ChatServer, person: str, room: Room, by: Client | None, seq: int | ChatError | None
) -> None:
    if isinstance(seq, int):
        server.persons.send(person, protocol.ReadEvent(room=room.slug, seq=seq), but=by)
        server.watching.publish_read(room.pk, person, seq)
