"""Searches for rooms that are under way: who wants the same room meanwhile waits for them."""

import asyncio
from collections.abc import Awaitable, Callable

from chat.models import Room


class RoomSearches:
    """Lets one client search for a room, and create it, for all who come to it at once.

    Of a class that comes to a room that is not there yet, everybody would create it.
    """

    def __init__(self):
        self._under_way: dict[str, asyncio.Future[Room | None]] = {}

    async def find(
        self, slug: str, search: Callable[[], Awaitable[tuple[Room, bool]]]
    ) -> tuple[Room, bool]:
        """Return what `search()` does: the room at `slug`, and whether it was created now.

        Or what the search found that was under way. One that was refused counts for who began it
        alone: the others search for themselves. Whether they may read the room is for the caller
        to check.
        """
        if first := self._under_way.get(slug):
            await asyncio.wait([first])
            room = first.result()
            # What another address leads to may be no room for everybody.
            return (room, False) if room and room.slug == slug else await search()
        first = self._under_way[slug] = asyncio.get_running_loop().create_future()
        room = None
        try:
            room, is_new = await search()
            return room, is_new
        finally:
            del self._under_way[slug]
            first.set_result(room)
