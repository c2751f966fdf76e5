"""Who is in a room through other processes, as they are asked for it."""

import asyncio
from collections.abc import Callable
from unittest import IsolatedAsyncioTestCase, mock

from chat.cluster.hints import (
    SITE,
    Heartbeat,
    Hint,
    PresenceChanged,
    PresenceList,
    PresenceWanted,
)
from chat.cluster.peers import Peers

ROOM = 7
ANA, ION = ({"id": name, "name": name, "kind": "guest"} for name in ("Ana", "Ion"))


class Hints:
    """Hints of other processes, and what this one has published."""

    incarnation = "this"

    def __init__(self):
        self.published: list[Hint] = []
        self._handlers: dict[type[Hint], Callable] = {}

    def handle(self, kind: type[Hint], handler: Callable) -> None:
        self._handlers[kind] = handler

    def publish(self, hint: Hint) -> None:
        self.published.append(hint)

    def receive(self, hint: Hint, sender: str = "peer") -> None:
        self._handlers[type(hint)](hint, sender)


@mock.patch.multiple("chat.cluster.peers", WAIT_FOR_REPLIES=60, WAIT_FOR_NOBODY=60)
class FetchTests(IsolatedAsyncioTestCase):
    def setUp(self):
        self.hints = Hints()

    def start(self, *rooms: tuple[int, int, int]) -> None:
        """Begin to ask who is in the room; the one peer has people in some `rooms`."""
        self.peers = Peers(self.hints, mock.Mock())
        self.hints.receive(Heartbeat(list(rooms)))
        self.fetching = asyncio.create_task(self.peers.fetch_people(ROOM))

    async def ends(self) -> list[str]:
        """Wait for the end; return who is there then."""
        async with asyncio.timeout(5):
            await self.fetching
        return sorted(self.peers.people(ROOM))

    async def is_waiting(self) -> bool:
        for _ in range(5):
            await asyncio.sleep(0)
        return not self.fetching.done()

    async def test_a_process_that_does_not_follow_the_room_is_asked_too(self):
        self.start()
        assert await self.is_waiting()
        assert self.hints.published == [PresenceWanted(ROOM)]
        assert PresenceWanted(ROOM).group == SITE
        self.hints.receive(PresenceList(ROOM, []))
        assert await self.ends() == []

    async def test_one_who_comes_in_there_is_not_taken_for_all(self):
        self.start((ROOM, 123, 2))
        self.hints.receive(PresenceChanged(ROOM, [ION], []))
        assert await self.is_waiting()
        self.hints.receive(PresenceList(ROOM, [ANA, ION]))
        assert await self.ends() == ["Ana", "Ion"]

    async def test_a_room_that_was_forgotten_is_asked_for_again(self):
        self.start()
        self.hints.receive(PresenceList(ROOM, [ANA]))
        await self.ends()
        self.peers.forget_room(ROOM)
        self.fetching = asyncio.create_task(self.peers.fetch_people(ROOM))
        assert await self.is_waiting()
        self.hints.receive(PresenceList(ROOM, []))
        assert await self.ends() == []

    async def test_of_a_room_that_is_not_followed_nothing_is_kept(self):
        local = mock.Mock(**{"is_followed.return_value": False})
        self.peers = Peers(self.hints, local)
        self.hints.receive(Heartbeat([]))
        reply = PresenceList(ROOM, [ANA], outside=True)
        assert reply.group == SITE
        self.hints.receive(reply)
        assert self.peers.people(ROOM) == {}
        for _ in range(2):
            self.fetching = asyncio.create_task(self.peers.people_outside(ROOM))
            assert await self.is_waiting()
            assert self.hints.published[-1] == PresenceWanted(ROOM, outside=True)
            self.hints.receive(reply)
            async with asyncio.timeout(5):
                assert list(await self.fetching) == ["Ana"]
            assert self.peers.people(ROOM) == {}
        local.on_peers_changed.assert_not_called()

    async def test_who_follows_no_room_is_answered_through_the_site(self):
        local = mock.Mock(**{"own_people.return_value": []})
        self.peers = Peers(self.hints, local)
        self.hints.receive(PresenceWanted(ROOM, outside=True))
        self.hints.receive(PresenceWanted(ROOM))
        assert self.hints.published == [
            PresenceList(ROOM, [], outside=True),
            PresenceList(ROOM, []),
        ]

    async def test_without_other_processes_nobody_is_asked(self):
        self.peers = Peers(self.hints, mock.Mock())
        await self.peers.fetch_people(ROOM)
        assert await self.peers.people_outside(ROOM) == {}
        assert self.hints.published == []
