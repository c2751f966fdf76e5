"""A private room whose owner lets people in and takes them out, while they read and write."""

import asyncio
import random
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

import httpx

from tests.faults.sites import Process, Site
from tests.faults.witness.checks import check
from tests.faults.witness.crowd import GLANCE, split
from tests.faults.witness.device import Device
from tests.faults.witness.evidence import Barred, Evidence
from tests.faults.witness.journal import Journal
from tests.faults.witness.rows import read_places, read_rows

TRY_EVERY = 0.2
# A change that reached no process is made again.
TRIED_WITHIN = 15
# Of somebody who may be let in, and what may become of a member.
WAYS_IN = ("member", "reader")
CHANGES = ("member", "reader", "remove", "remove", "ban")
PEOPLE = """
from chat.models import Person
from chat.models.people import token_digest
for name in {names}:
    person = Person.objects.create(name=name, kind="bot", token_digest=token_digest("of " + name))
    print(person.public_id)
"""


@dataclass
class Person:
    """Somebody, what they are in the room, and from when on they may not read or write there."""

    name: str
    id: str
    role: str | None = None
    devices: list[Device] = field(default_factory=list)
    barred: dict[str, Barred] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer of {self.name}"}


class Club:
    """People with two devices each, and an owner, on the processes of a site.

    `within` is after how many seconds nobody may read who was taken out; `without_hint` the same
    where the process that did it died before its hint may have been sent.
    """

    def __init__(self, site: Site, dice: random.Random, within: float, without_hint: float):
        self.site, self.dice = site, dice
        self.within, self.without_hint = within, without_hint
        self.journal = Journal()
        self.people: list[Person] = []
        self.barred: list[tuple[Barred, Process]] = []
        self.slug = ""
        self._http = httpx.AsyncClient(timeout=30)
        self._tasks: list[asyncio.Task] = []
        self._numbers = count(1)

    async def begin(self, number: int) -> None:
        """Open the room, with so many people in it, and let everybody read and write."""
        names = ["owner", *(f"w{turn}" for turn in range(1, number + 1))]
        printed = await asyncio.to_thread(
            self.site.manage, "shell", "--no-imports", "-c", PEOPLE.format(names=names)
        )
        self.people = [Person(*each) for each in zip(names, printed.split(), strict=True)]
        self.owner, *others = self.people
        ids = [person.id for person in others]
        wanted = {"name": "Club", "kind": "private", "members": ids}
        response = await self._request(self._process(), "POST", "", self.owner, json=wanted)
        self.slug = response.json()["slug"]
        for turn, person in enumerate(self.people):
            person.role = "owner" if person is self.owner else "member"
            for name in (person.name, f"{person.name}/2"):
                person.devices.append(self._device(person, name, turn))
        self._tasks = [asyncio.create_task(self._try_on())]
        self._tasks += [asyncio.create_task(self._pry_on(person)) for person in others]

    def _device(self, person: Person, name: str, turn: int) -> Device:
        at = self._turn(turn + name.count("/"))
        token, dice = f"of {person.name}", split(self.dice)
        device = Device(self.journal, name, self.slug, at, token=token, dice=dice)
        device.start()
        return device

    def _turn(self, turn: int) -> Callable[[], str]:
        def address() -> str:
            up = self.site.addresses()
            return up[turn % len(up)]

        return address

    async def end(self) -> None:
        """Disconnect everybody."""
        await self.be_quiet()
        await asyncio.gather(*(device.leave() for device in self._devices()))
        await self._http.aclose()

    async def be_quiet(self) -> None:
        """Cancel all that write."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _devices(self) -> list[Device]:
        return [device for person in self.people for device in person.devices]

    # Reading and writing

    async def _try_on(self) -> None:
        while True:
            await asyncio.sleep(TRY_EVERY)
            for device in self._devices():
                device.tick()
            for person in self.people:
                person.devices[0].try_to_say()
            other = self.dice.choice(self.people[1:])
            self.owner.devices[0].mention(other.devices[0], other.id)

    async def _pry_on(self, person: Person) -> None:
        """Read and write over HTTP, again and again."""
        while True:
            await asyncio.sleep(TRY_EVERY)
            with suppress(httpx.HTTPError, IndexError):
                await self._read(person)
                await self._post(person)

    async def _read(self, person: Person) -> None:
        at = f"/{self.slug}/messages?limit=20"
        response = await self._request(self._process(), "GET", at, person)
        if response.status_code == 200:
            for message in response.json()["messages"]:
                if message["id"] not in person.heard:
                    person.heard.add(message["id"])
                    numbers = {"seq": message["seq"], "version": message["version"]}
                    self.journal.note(f"{person.name}/http", "hear", id=message["id"], **numbers)

    async def _post(self, person: Person) -> None:
        key = f"{person.name}-h{next(self._numbers)}"
        self.journal.note(person.name, "send", id=key, text=key)
        wanted = {"id": key, "body": key}
        at = f"/{self.slug}/messages"
        response = await self._request(self._process(), "POST", at, person, json=wanted)
        if response.status_code == 201:
            ack = response.json()
            numbers = {"seq": ack["seq"], "version": ack["version"], "text": ack["at"]}
            self.journal.note(person.name, "ack", id=key, **numbers)

    def _process(self) -> Process:
        return self.dice.choice([process for process in self.site.processes if process.alive])

    async def _request(self, process: Process, method: str, at: str, person: Person, **options):
        address = f"{process.url}/api/v1/rooms{at}"
        return await self._http.request(method, address, headers=person.headers, **options)

    # Who belongs to it

    async def change_often(self, times: int, every: float) -> None:
        """Add or remove somebody, again and again."""
        for _ in range(times):
            person = self.dice.choice(self.people[1:])
            await self.change(person, self.dice.choice(CHANGES if person.role else WAYS_IN))
            await asyncio.sleep(every)

    async def change(self, person: Person, what: str) -> None:
        """Set somebody's role, or "remove" or "ban" them; return when it was acknowledged."""
        is_let_in = what in WAYS_IN
        if is_let_in:
            # From when it may have been done.
            self._end(person, "read", *(["write"] if what == "member" else []))
        process = await self._make(person, what)
        self.journal.fault(
            f"{person.name} becomes {what}" if is_let_in else f"{what} {person.name}"
        )
        person.role = what if is_let_in else None
        if what != "member":
            self._begin(person, "write" if what == "reader" else "read", process)

    def _end(self, person: Person, *kinds: str) -> None:
        for kind in kinds:
            if barred := person.barred.pop(kind, None):
                barred.until = time.monotonic()

    def _begin(self, person: Person, kind: str, process: Process) -> None:
        if kind not in person.barred:
            barred = Barred(person.name, kind, time.monotonic(), self.within)
            person.barred[kind] = barred
            self.barred.append((barred, process))

    async def _make(self, person: Person, what: str) -> Process:
        """Make a change through any process, until one acknowledges it; return that."""
        at = f"/{self.slug}/members/{person.id}"
        over = time.monotonic() + TRIED_WITHIN
        while True:
            process = self._process()
            with suppress(httpx.HTTPError):
                if what in WAYS_IN:
                    given = {"role": what}
                    response = await self._request(process, "PUT", at, self.owner, json=given)
                else:
                    query = "?ban=true" if what == "ban" else ""
                    response = await self._request(process, "DELETE", at + query, self.owner)
                # One that seemed to fail may have been done.
                if response.is_success or response.status_code == 404:
                    return process
            assert time.monotonic() < over, f"{what} {person.name} was not done"
            await asyncio.sleep(TRY_EVERY)

    # What breaks

    async def kill(self) -> None:
        """Kill a process, and start another."""
        victim = self._process()
        killed = self.journal.fault(f"killed {urlsplit(victim.url).netloc}")
        await asyncio.to_thread(victim.kill)
        for barred, process in self.barred:
            if process is victim and killed - barred.since < self.within:
                barred.within = self.without_hint
        await self.site.start(1)

    # What is judged

    async def judge(self, within: float) -> None:
        """Wait until nothing changes, so many seconds at most; fail for what is not as it has to
        be."""
        url = self.site.database_url
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while await self._is_unsettled(url):
                    await asyncio.sleep(10 * GLANCE)
        rows = await asyncio.to_thread(read_rows, url, self.slug)
        places = await asyncio.to_thread(read_places, url)
        lists = {device.name: dict(device.list) for device in self._devices()}
        views = {device.name: device.view() for device in self._inside()}
        evidence = Evidence(self.journal.notes, rows, views, set())
        evidence.barred = [barred for barred, _ in self.barred]
        evidence.lists, evidence.places = lists, places
        check(evidence)

    async def _is_unsettled(self, url: str) -> bool:
        rows = await asyncio.to_thread(read_rows, url, self.slug)
        places = await asyncio.to_thread(read_places, url)
        newest = max(row.version for row in rows)
        return any(device.version < newest for device in self._inside()) or any(
            device.list != places.get(device.person, {}) for device in self._devices()
        )

    def _inside(self) -> Collection[Device]:
        return [device for person in self.people if person.role for device in person.devices]

    def last_told(self) -> float:
        """Return how many seconds after somebody was taken out a message was sent that reached
        them still, at most."""
        sent: dict[str, float] = {}
        for note in self.journal.of("send"):
            sent.setdefault(note.id, note.at)
        late = [
            max(0, sent.get(note.id, 0) - barred.since)
            for barred, _ in self.barred
            if barred.what == "read"
            for note in self.journal.of("hear", barred.since, barred.until)
            if note.who.partition("/")[0] == barred.who
        ]
        return max(late, default=0)
