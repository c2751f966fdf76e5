"""Searches for rooms: one for all who come to a room at once, unless it is refused."""

import asyncio
from typing import NamedTuple
from unittest import IsolatedAsyncioTestCase

from chat.live.searches import RoomSearches
from chat.rules.errors import ChatError, not_found


class Found(NamedTuple):
    """A room, as far as a search looks at it."""

    slug: str
    creator: str


class SearchTests(IsolatedAsyncioTestCase):
    def setUp(self):
        self.searches, self.searched, self.go_on = RoomSearches(), [], asyncio.Event()

    def find(self, who: str, slug: str = "lobby", outcome=None) -> asyncio.Task:
        """Begin to search, as somebody whose search has an outcome."""

        async def search():
            self.searched.append(who)
            await self.go_on.wait()
            if isinstance(outcome, ChatError):
                raise outcome
            return Found(slug, who), True

        return asyncio.create_task(self.searches.find(slug, search))

    async def outcomes(self, *tasks: asyncio.Task) -> list:
        await asyncio.sleep(0)
        self.go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def test_of_those_who_come_to_a_room_at_once_one_searches(self):
        found = await self.outcomes(self.find("Ana"), self.find("Ion"), self.find("Eva"))
        room = Found("lobby", "Ana")
        assert found == [(room, True), (room, False), (room, False)]
        assert self.searched == ["Ana"]

    async def test_other_rooms_do_not_wait(self):
        await self.outcomes(self.find("Ana"), self.find("Ion", "den"))
        assert self.searched == ["Ana", "Ion"]

    async def test_a_refusal_is_for_the_one_who_searched(self):
        refusal = not_found()
        charlie, ana = await self.outcomes(self.find("Charlie", outcome=refusal), self.find("Ana"))
        assert charlie is refusal
        assert ana == (Found("lobby", "Ana"), True)

    async def test_one_who_disconnects_meanwhile_leaves_the_others_searching(self):
        charlie, ana = self.find("Charlie"), self.find("Ana")
        await asyncio.sleep(0)
        charlie.cancel()
        _, found = await self.outcomes(charlie, ana)
        assert found == (Found("lobby", "Ana"), True)

    async def test_who_comes_later_searches_again(self):
        await self.outcomes(self.find("Ana"))
        await self.outcomes(self.find("Ion"))
        assert self.searched == ["Ana", "Ion"]
