"""Lists of rooms: a thousand people watch fifty rooms each, and fifty messages a second are written
to a thousand rooms."""

from bench.load.chatsite import ChatsiteMember
from bench.load.crowd import Crowd
from bench.load.room import ParsedFrame, Room
from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at, written_at

CASES = {"1,000 watch 50 of 1,000 rooms": 1000}
OWN_ROOMS = 50
RATE = 50
# The bots are people who belong to rooms, with tokens that are known here.
PREPARE = """
from chat.models import Membership, Person, Room
from chat.models.people import token_digest
people = [
    Person(name=f"w{{n}}", name_key=f"w{{n}}", kind="bot", token_digest=token_digest(f"w{{n}}"))
    for n in range(1, {watchers} + 1)
]
people = Person.objects.bulk_create(people)
rooms = list(Room.objects.order_by("pk"))
Membership.objects.bulk_create(
    Membership(person=person, room=rooms[(number * 7 + each) % len(rooms)])
    for number, person in enumerate(people)
    for each in range(min({own_rooms}, len(rooms)))
)
"""


class Watcher(ChatsiteMember):
    """A person in no room, who watches; `entries` counts what came after the whole list."""

    def __init__(self, room: Room, number: int):
        super().__init__(room, number)
        self.token = f"w{number}"
        self.entries = 0

    async def enter(self) -> None:
        self.send({"type": "hello", "token": self.token})
        self.send({"type": "watch", "id": "watch"})
        await self.entered

    def handle(self, parsed: ParsedFrame) -> None:
        for event in parsed.rest:
            if event["type"] == "error":
                self._refused(event)
            elif event["type"] == "rooms" and "id" in event:
                self.entered.set_result(None)
            elif event["type"] == "rooms":
                self.entries += len(event["rooms"])


def peers(watchers: int) -> list[str]:
    return ["chatsite"]


async def measure(target: Target, watchers: int, pace: Pace) -> list[Row]:
    """Return the share of a core that the messages take alone, and with people who watch."""
    watchers = pace.crowd(watchers)
    async with crowd_at(target, 1, senders=1, rooms=watchers) as crowd:
        target.manage("shell", "-c", PREPARE.format(watchers=watchers, own_rooms=OWN_ROOMS))
        alone = await written_at(target, crowd, RATE, pace)
        people = Crowd(Watcher, watchers)
        meter = target.meter()
        try:
            await people.gather(target.port)
            coming = meter.stop()
            watched = await written_at(target, crowd, RATE, pace)
        finally:
            people.disconnect()
        faults = crowd.faults() + people.rooms[0][0].faults
    seen = sum(watcher.entries for watcher in people.members)
    share, share_alone = watched.server / watched.wall, alone.server / alone.wall
    return [
        Row("messages alone, CPU", 100 * share_alone, "% of a core", "less", alone),
        Row("with watchers, CPU", 100 * share, "% of a core", "less", watched, faults),
        Row("for the watchers, CPU", 100 * (share - share_alone), "% of a core", "less"),
        Row("entries that were sent", seen / watched.wall, "a second"),
        Row("all begin to watch, CPU", coming.server, "s", "less", coming),
    ]
