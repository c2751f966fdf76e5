"""A storm of reactions: everybody in a room reacts to one message within ten seconds."""

import asyncio
import json
from itertools import cycle
from time import perf_counter

from bench.load.chatsite import ChatsiteMember
from bench.load.crowd import Crowd
from bench.load.room import ParsedFrame, Room
from bench.load.usage import resident_bytes
from bench.peers import Target
from bench.work.measuring import Pace, Row
from bench.work.presence import until

CASES = {"5,000 react to one message": 5000}
SECONDS = 10
# Five versions a second, and some to begin and to end with.
MOST_VERSIONS = 60
EMOJI = ["👍", "❤️", "😂", "🎉", "😮", "🙏"]


class Reactor(ChatsiteMember):
    """A member who reacts, and keeps the reactions of the message that came last."""

    def __init__(self, room: Room, number: int):
        super().__init__(room, number)
        self.reactions: list[dict] = []
        self.reacted = 0

    @staticmethod
    def parse(payload: bytes) -> ParsedFrame:
        parsed = ChatsiteMember.parse(payload)
        messages = [event for event in json.loads(payload) if event["type"] == "message"]
        # The last of a frame is the message's last state.
        return parsed._replace(rest=(*parsed.rest, *messages[-1:]))

    def react(self, emoji: str) -> None:
        """React to the first message of the room."""
        room = self.room.name
        self.send({"type": "react", "id": "r", "room": room, "seq": 1, "emoji": emoji, "on": True})

    def handle(self, parsed: ParsedFrame) -> None:
        for event in parsed.rest:
            if event["type"] == "message":
                self.reactions = event["message"].get("reactions", [])
            elif event["type"] == "ack" and event["id"] == "r":
                self.reacted += 1
            else:
                super().handle(ParsedFrame([], rest=(event,)))


def peers(people: int) -> list[str]:
    alone = ["chatsite", "chatsite-postgres"]
    return [*alone, "chatsite-2-workers", "chatsite-postgres-2-workers"]


async def measure(target: Target, people: int, pace: Pace) -> list[Row]:
    """Return what the storm costs, and how long after it everybody has the same reactions."""
    crowd = Crowd(Reactor, pace.crowd(people), senders=1)
    try:
        await crowd.gather(target.port)
        (sender,) = crowd.senders
        sender.send_message()
        await until(lambda: all(member.version for member in crowd.members))
        memory, before, meter = Memory(target.pid), sender.version, target.meter()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(memory.watch())
            await _react_in_turn(crowd.members)
            ended = perf_counter()
            await until(lambda: all(_has_all(m, len(crowd.members)) for m in crowd.members))
            late, usage = perf_counter() - ended, meter.stop()
            watching.cancel()
        return _rows(crowd, sender.version - before, usage, late, memory)
    finally:
        crowd.disconnect()


async def _react_in_turn(members: list[Reactor]) -> None:
    clock = asyncio.get_running_loop().time
    started = clock()
    for number, (member, emoji) in enumerate(zip(members, cycle(EMOJI), strict=False)):
        await asyncio.sleep(started + SECONDS * number / len(members) - clock())
        member.react(emoji)


def _has_all(member: Reactor, people: int) -> bool:
    """Return whether a member has their ack, and the reactions of so many people."""
    total = sum(reaction["count"] for reaction in member.reactions)
    return member.reacted == 1 and total == people


def _rows(crowd: Crowd, versions: int, usage, late: float, memory: "Memory") -> list[Row]:
    room, members = crowd.rooms[0]
    if versions > MOST_VERSIONS:
        room.fault(f"the storm was {versions} versions")
    if any(member.reactions != members[0].reactions for member in members):
        room.fault("not everybody has the same reactions")
    return [
        Row("versions", versions, "", "less", usage, room.faults),
        Row("CPU", usage.server, "s", "less", usage),
        Row("until all have the last", 1000 * late, "ms", "less"),
        Row("memory, at most more", memory.more() / 2**20, "MiB", "less"),
    ]


class Memory:
    """The resident memory of a process, watched."""

    def __init__(self, pid: int):
        self._pid = pid
        self._first = self._most = resident_bytes(pid)

    async def watch(self) -> None:
        """Read it ten times a second, until this is cancelled."""
        while True:
            await asyncio.sleep(0.1)
            self._most = max(self._most, resident_bytes(self._pid))

    def more(self) -> int:
        """Return how many bytes it was more than at first, at most."""
        return self._most - self._first
