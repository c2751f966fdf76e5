"""Many members in one or more rooms: brought in, set to talk, and held to account."""

import asyncio
import gc
from array import array
from collections.abc import Iterable
from itertools import count

from bench.load.member import Member
from bench.load.room import Room

ENTERING_AT_ONCE = 50
GLANCE = 0.02
GIVE_UP_AFTER = 10.0


class Crowd:
    """`rooms` rooms of `members` members each, of whom the first `senders` talk."""

    def __init__(self, protocol: type[Member], members: int, senders: int = 0, rooms: int = 1):
        numbers = count(1)
        self.rooms: list[tuple[Room, list[Member]]] = []
        for number in range(1, rooms + 1):
            room = Room(f"room-{number}", protocol.understand)
            self.rooms.append((room, [protocol(room, next(numbers)) for _ in range(members)]))
        self.members = [member for _, members in self.rooms for member in members]
        self.senders = [member for _, members in self.rooms for member in members[:senders]]
        for sender in self.senders:
            sender.is_sender = True

    async def gather(self, port: int, at_once: int = ENTERING_AT_ONCE) -> None:
        """Bring everybody in, `at_once` at a time."""
        waiting = iter(self.members)
        await asyncio.gather(*(self._bring_in(waiting, port) for _ in range(at_once)))
        # What lives now lives to the end: leave it out of every collection.
        gc.collect()
        gc.freeze()

    @staticmethod
    async def _bring_in(waiting: Iterable[Member], port: int) -> None:
        for member in waiting:
            await member.connect(port)
            await member.enter()

    def talk(self, window: int) -> None:
        """Let every sender keep `window` messages on their way; 0 stops."""
        for sender in self.senders:
            sender.talk(window)

    @property
    def delivered(self) -> int:
        """How many messages reached members, each member counted."""
        return sum(room.delivered for room, _ in self.rooms)

    @property
    def acknowledged(self) -> int:
        return sum(sender.acknowledged for sender in self.senders)

    @property
    def expected(self) -> int:
        """How many deliveries all that was sent makes."""
        return sum(sum(m.sent for m in members) * len(members) for _, members in self.rooms)

    def sample(self) -> None:
        """Take the time of every delivery from now on, forgetting those before."""
        for room, _ in self.rooms:
            room.sampling = True
            room.latencies = array("d")

    def latencies(self) -> array:
        """Give the seconds that each sampled delivery took, sorted."""
        return array("d", sorted(seconds for room, _ in self.rooms for seconds in room.latencies))

    async def quiet(self) -> None:
        """Wait until everything sent is delivered, as long as there is progress."""
        clock = asyncio.get_running_loop().time
        progress, at = self.delivered, clock()
        while self.delivered < self.expected and clock() - at < GIVE_UP_AFTER:
            await asyncio.sleep(GLANCE)
            if self.delivered != progress:
                progress, at = self.delivered, clock()

    def faults(self) -> list[str]:
        """Hold every member to every message, once and in order; give what was wrong."""
        for room, members in self.rooms:
            room.verify_order()
            for member in members:
                member.verify(members)
        return [fault for room, _ in self.rooms for fault in room.faults]

    def disconnect(self) -> None:
        """Let everybody go at once."""
        for member in self.members:
            member.disconnect()
