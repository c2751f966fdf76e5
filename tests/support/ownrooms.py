"""The list of a reader's own rooms, as a socket is sent it."""

from tests.support.sockets import Socket


def entries(event: dict) -> dict[str, dict]:
    """Return the entries of a `rooms` event by the room's slug."""
    return {entry["room"]["slug"]: entry for entry in event["rooms"]}


async def list_of(socket: Socket) -> dict[str, dict]:
    return entries(await socket.request("watch"))


async def entry_with(socket: Socket, slug: str = "lobby", **values) -> dict:
    """Return the first entry of a room that comes with some values."""
    while True:
        entry = entries(await socket.next("rooms")).get(slug, {})
        if values.items() <= entry.items():
            return entry


async def belong(socket: Socket, slug: str = "lobby") -> None:
    """Join a room, and wait until the membership is stored."""
    await list_of(socket)
    await socket.join(slug)
    await entry_with(socket, slug)
