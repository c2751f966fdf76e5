"""Many members in one or more rooms: they connect, send, and verify what they received."""

import asyncio
import gc
from array import array
from collections.abc import Iterable
from itertools import count

from bench.load.member import Member
from bench.load.room import Room

ENTERING_AT_ONCE = 50
POLL_SECONDS = 0.02
GIVE_UP_AFTER = 10.0


class Crowd:
    """`rooms` rooms of `members` members each, of whom the first `senders` send."""

    def __init__(self, protocol: type[Member], members: int, senders: int = 0, rooms: int = 1):
        numbers = count(1)
        self.rooms: list[tuple[Room, list[Member]]] = []
        for number in range(1, rooms + 1):
            room = Room(f"room-{number}", protocol.parse)
            self.rooms.append((room, [protocol(room, next(numbers)) for _ in range(members)]))
        self.members = [member for _, members in self.rooms for member in members]
        self.senders = [member for _, members in self.rooms for member in members[:senders]]
        for sender in self.senders:
            sender.is_sender = True

    async def gather(self, port: int, at_once: int = ENTERING_AT_ONCE) -> None:
        """Connect all members, `at_once` at a time."""
        waiting = iter(self.members)
        await asyncio.gather(*(self._connect_each(waiting, port) for _ in range(at_once)))
        # All of this lives to the end: exclude it from garbage collection.
        gc.collect()
        gc.freeze()

    @staticmethod
    async def _connect_each(waiting: Iterable[Member], port: int) -> None:
        for member in waiting:
            await member.connect(port)
            await member.enter()

    def talk(self, window: int) -> None:
        """Keep `window` messages of every sender unacknowledged; 0 stops."""
        for sender in self.senders:
            sender.talk(window)

    @property
    def delivered(self) -> int:
        """Return how many messages reached members, each member counted."""
        return sum(room.delivered for room, _ in self.rooms)

    @property
    def acknowledged(self) -> int:
        return sum(sender.acknowledged for sender in self.senders)

    @property
    def expected(self) -> int:
        """Return how many deliveries follow from all that was sent."""
        return sum(sum(m.sent for m in members) * len(members) for _, members in self.rooms)

    def sample(self) -> None:
        """Record the latency of every delivery from now on; discard earlier ones."""
        for room, _ in self.rooms:
            room.sampling = True
            room.latencies = array("d")

    def stop_sampling(self) -> None:
        """Record no latency from now on."""
        for room, _ in self.rooms:
            room.sampling = False

    def latencies(self) -> array:
        """Return the latencies of the recorded deliveries in seconds, sorted."""
        return array("d", sorted(seconds for room, _ in self.rooms for seconds in room.latencies))

    async def quiet(self) -> None:
        """Wait until everything sent is delivered, as long as there is progress."""
        clock = asyncio.get_running_loop().time
        progress, at = self.delivered, clock()
        while self.delivered < self.expected and clock() - at < GIVE_UP_AFTER:
            await asyncio.sleep(POLL_SECONDS)
            if self.delivered != progress:
                progress, at = self.delivered, clock()

    def faults(self) -> list[str]:
        """Verify that every member got every message once and in order; return the faults."""
        for room, members in self.rooms:
            room.verify_order()
            for member in members:
                member.verify(members)
        return [fault for room, _ in self.rooms for fault in room.faults]

    def disconnect(self) -> None:
        """Disconnect all members at once."""
        for member in self.members:
            member.disconnect()
