"""Guests who take another name."""

from chat.access import identity
from chat.live.server import ChatServer
from chat.models import Person
from chat.protocol import User


async def take_name(server: ChatServer, person: Person, name: str | None) -> None:
    """Give a guest who came back the name they ask for now, unless they are in a room.

    There they were let in under the name they have: another could be somebody else's. Raises
    ChatError for a name that cannot be had.
    """
    if person.kind != Person.Kind.GUEST or name is None or name == person.name:
        return
    if not await server.presence.is_live(person.public_id):
        await server.readers.run(identity.rename_guest, person, name)
        server.rename(User.of(person))
