"""Commands to introduce oneself, and to join and leave rooms."""

from django.utils.translation import gettext as _

from chat import log, protocol
from chat.connection.admission import find_or_create_room
from chat.connection.connection import Connection
from chat.live.threads import database_errors_as_unavailable
from chat.models import Person, Room
from chat.rules.errors import ChatError, CloseCode, not_found
from chat.rules.slugs import slug_of


async def hello(connection: Connection, command: protocol.Hello) -> None:
    """Find out who the client is."""
    if connection.rooms:
        raise ChatError("bad_request", _("Leave your rooms before you take another name."))
    try:
        await connection.identify(command.token, command.name)
    except ChatError as error:
        if error.code != "unauthorized":
            raise
        connection.out.send(protocol.ErrorEvent.of(error, command.id))
        connection.close(CloseCode.SIGNED_OUT)
        return
    if connection.user:
        connection.out.send(_welcome(connection, command.id))


def _welcome(connection: Connection, id: str | None) -> protocol.WelcomeEvent:
    configuration = connection.server.configuration
    return protocol.WelcomeEvent(
        id=id,
        user=connection.user,
        token=connection.token,
        limits=protocol.Limits.of(configuration),
        site=protocol.Site.of(configuration),
    )


async def join_room(connection: Connection, command: protocol.Join) -> None:
    """Join a room, or resume in it."""
    slug = slug_of(command.room)
    room = connection.room_at(slug) or await _find_or_create(connection, command)
    await connection.join(room, command.after, command.epoch, command.id, command.password)
    connection.rooms.note_address(slug, room)


async def _find_or_create(connection: Connection, command: protocol.Join) -> Room:
    moved_to = connection.rooms.slug_now(slug_of(command.room))
    with database_errors_as_unavailable():
        if command.password is not None:
            # A room with a password is there already.
            return await connection.server.database.run(_room_at, moved_to, connection.person)
        room, _ = await find_or_create_room(
            connection.server, connection.person, connection.address, command.room, moved_to
        )
    return room


def _room_at(address: str, person: Person) -> Room:
    if room := log.find_to_enter(address, person):
        return room
    raise not_found()


async def leave_room(connection: Connection, command: protocol.Leave) -> None:
    """Leave a room."""
    room = connection.follower(command.room).stream.room
    connection.leave(room.pk)
    connection.out.send(protocol.LeftEvent(id=command.id, room=command.room))
