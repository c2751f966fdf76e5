"""Joining as a member beside joining as a guest: both are known by a token, a member's place in the
room is stored."""

import asyncio
from operator import truediv
from statistics import median

from bench.load.chatsite import ChatsiteMember
from bench.load.crowd import Crowd
from bench.load.room import ParsedFrame, Room
from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at

CASES = {"guests and members join rooms of 50": 400}
ROOMS, GROUPS = 8, 8
# After that nobody is present any more who left, and what is late was written.
SETTLING = 7
MOST = 1.1
PREPARE = """
from chat.models import Person
from chat.models.people import token_digest
for kind in ("guest", "bot"):
    people = [
        Person(name=f"{{kind}}{{n}}", kind=kind, token_digest=token_digest(f"{{kind}}{{n}}"))
        for n in range(1, {people} + 1)
    ]
    for person in people:
        person.set_keys()
    Person.objects.bulk_create(people)
"""


class Guest(ChatsiteMember):
    """Somebody with a token; `group` says which of many."""

    kind, group = "guest", 0

    def __init__(self, room: Room, number: int):
        super().__init__(room, number)
        self.token = f"{self.kind}{self.group + number}"

    def handle(self, parsed: ParsedFrame) -> None:
        # A bot's `welcome` has no token.
        rest = tuple(event for event in parsed.rest if event["type"] != "welcome")
        super().handle(parsed._replace(rest=rest))


class Bot(Guest):
    """Somebody who belongs to each room that they were in."""

    kind = "bot"


def peers(people: int) -> list[str]:
    return ["chatsite", "chatsite-postgres"]


async def measure(target: Target, people: int, pace: Pace) -> list[Row]:
    """Return the CPU of each kind's joining for the first time, and again.

    They take turns, and the median of the turns' ratios counts: the speed of a machine changes.
    """
    people = pace.crowd(people)
    target.manage("shell", "-c", PREPARE.format(people=people * GROUPS))
    rows = []
    async with crowd_at(target, 1, rooms=ROOMS):
        for when in ("for the first time", "again"):
            spent = {Guest: [], Bot: []}
            for turn in range(GROUPS):
                for kind in (Guest, Bot)[:: 1 if turn % 2 else -1]:
                    spent[kind].append(await entered(target, kind, turn * people, people))
            ratio = median(map(truediv, spent[Bot], spent[Guest]))
            faults = [f"{ratio:.2f} times"] if ratio > MOST else []
            each = 1000 * median(spent[Guest]) / people
            rows.append(Row(f"a guest, {when}, CPU", each, "ms", "less"))
            rows.append(
                Row(f"a member, {when}, of a guest's CPU", ratio, "times", "less", None, faults)
            )
    return rows


async def entered(target: Target, kind: type[Guest], group: int, people: int) -> float:
    """Return the seconds of CPU in which so many people join."""
    kind.group = group
    crowd = Crowd(kind, people // ROOMS, rooms=ROOMS)
    meter = target.meter()
    try:
        await crowd.gather(target.port)
        # What is stored soon after.
        await asyncio.sleep(1)
        usage = meter.stop()
    finally:
        crowd.disconnect()
    await asyncio.sleep(SETTLING)
    return usage.server + usage.services.get("postgres", 0)
