"""A large site: what its pages and lists cost, beside a site that has no more than they show."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from bench.load.http import HttpClient, request
from bench.load.room import Room
from bench.peers import PEERS, Target
from bench.work.measuring import Pace, Row
from bench.work.watching import OWN_ROOMS, Watcher

CASES = {"100,000 people, 10,000 rooms": (100_000, 10_000)}
# The small site has what a list shows at most: 200 open rooms, and some that are private.
SHOWN_PEOPLE, SHOWN_ROOMS = 200, 230
# Of each site and each page, and how long one takes, in seconds.
SLICES, SLICE = 4, 0.4
PREPARED_WITHIN = 300
MOST = 1.2

# A tenth of the rooms is private. Everybody belongs to ten rooms, and `w1`, a bot, to fifty.
PREPARE = """
from django.contrib.auth.models import User
from django.test import Client
from chat.models import Membership, NameStart, Person, Room
from chat.models.people import token_digest
from chat.rules.slugs import unguessable_slug
numbers = range(1, {people} + 1)
User.objects.bulk_create([User(username=f"member{{n}}") for n in numbers], 1000)
people = [
    Person(name=f"Member {{user.pk}} Surname {{user.pk % 997}}", kind="member", user=user)
    for user in User.objects.order_by("pk")
]
people.append(Person(name="w1", kind="bot", token_digest=token_digest("w1")))
for person in people:
    person.set_keys()
Person.objects.bulk_create(people, 1000)
NameStart.objects.bulk_create((start for person in people for start in person.starts()), 1000)
kinds = {{f"room-{{n}}": "public" if n % 10 else "private" for n in range({rooms})}}
rooms = Room.objects.bulk_create(
    [
        Room(slug=slug if kind == "public" else unguessable_slug(slug), name=slug, kind=kind)
        for slug, kind in kinds.items()
    ],
    1000,
)
belonging = [(person, 10) for person in people[:-1]] + [(people[-1], {own_rooms})]
Membership.objects.bulk_create(
    (
        Membership(person=person, room=rooms[(person.pk * 7 + each) % len(rooms)])
        for person, number in belonging
        for each in range(number)
    ),
    1000,
)
client = Client()
client.force_login(User.objects.create_superuser("admin"))
print("session", client.session.session_key)
"""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A server with people and rooms; an admin is signed in by `session`."""

    target: Target
    session: str


def peers(case) -> list[str]:
    return ["chatsite", "chatsite-postgres"]


async def measure(target: Target, case: tuple[int, int], pace: Pace) -> list[Row]:
    """Return for each page its CPU on the large site, and how many times the small one's it is."""
    people, rooms = (pace.crowd(number) for number in case)
    same = "chatsite-postgres" if "postgres" in target.beside else "chatsite"
    with PEERS[same]() as other:
        large = prepared(target, people, rooms)
        small = prepared(other, SHOWN_PEOPLE, SHOWN_ROOMS)
        rows = []
        for name, ask in PAGES.items():
            costs = await compared(small, large, ask)
            ratio = costs[large] / costs[small]
            faults = [f"{ratio:.2f} times"] if ratio > MOST else []
            rows.append(Row(f"{name}, CPU", costs[large], "ms", "less"))
            rows.append(
                Row(f"{name}, of the small site's CPU", ratio, "times", "less", None, faults)
            )
        return rows


def prepared(target: Target, people: int, rooms: int) -> Site:
    code = PREPARE.format(people=people, rooms=rooms, own_rooms=OWN_ROOMS)
    printed = target.manage("shell", "-c", code, seconds=PREPARED_WITHIN)
    return Site(target, printed.split("session ")[1].strip())


async def compared(
    small: Site, large: Site, ask: Callable[[Site], AbstractAsyncContextManager]
) -> dict[Site, float]:
    """Return the milliseconds of CPU that a request takes on each; they take turns."""
    spent, requests = (dict.fromkeys((small, large), 0) for _ in range(2))
    for turn in range(SLICES + 1):
        for site in (small, large)[:: 1 if turn % 2 else -1]:
            async with ask(site) as fetch:
                meter = site.target.meter()
                number = await many(fetch)
                usage = meter.stop()
            # The first is for the caches.
            if turn:
                spent[site] += usage.server + usage.services.get("postgres", 0)
                requests[site] += number
    return {site: 1000 * spent[site] / requests[site] for site in (small, large)}


async def many(fetch: Callable[[], Awaitable]) -> int:
    """Make requests for a while; return how many."""
    over = perf_counter() + SLICE
    number = 0
    while perf_counter() < over:
        await fetch()
        number += 1
    return number


@asynccontextmanager
async def page(site: Site, path: str, token: str = "", signed_in: bool = False):
    """Yield what requests an address, and fails where the response is not 200."""
    cookie = f"sessionid={site.session}" if signed_in else ""
    asked = request("GET", path, token=token, cookie=cookie)
    async with HttpClient(site.target.port) as client:

        async def fetch() -> None:
            status = await client.fetch(asked)
            if status != 200:
                raise ConnectionError(f"{path} is answered {status}")

        yield fetch


@asynccontextmanager
async def list_of_own_rooms(site: Site):
    """Yield what connects as somebody with fifty rooms, and watches."""

    async def watch() -> None:
        watcher = Watcher(Room("none", Watcher.parse), 1)
        await watcher.connect(site.target.port)
        await watcher.enter()
        watcher.disconnect()

    yield watch


PAGES = {
    "the first page": partial(page, path="/"),
    "the first page, signed in": partial(page, path="/", signed_in=True),
    "the list of rooms": partial(page, path="/api/v1/rooms", token="w1"),
    "one's own rooms, watched": list_of_own_rooms,
    "people found by a name": partial(page, path="/api/v1/people?q=mem", token="w1"),
    "people found by a word": partial(page, path="/api/v1/people?q=surname+1", token="w1"),
    "the admin's list of rooms": partial(page, path="/admin/chat/room/", signed_in=True),
    "the admin's list of people": partial(page, path="/admin/chat/person/", signed_in=True),
    "the admin's list of memberships": partial(
        page, path="/admin/chat/membership/", signed_in=True
    ),
}
