"""Many clients on several processes: brought in, set to talk, left alone, held to account."""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from itertools import count, cycle

from tests.faults.witness.checks import Evidence, check
from tests.faults.witness.client import Client
from tests.faults.witness.journal import Journal, Note
from tests.faults.witness.rows import read_rows

ROOM = "faults"
GLANCE = 0.02
REST_WITHIN = 20.0


class Crowd:
    """Clients in one room of a site, and the journal they share.

    `addresses` gives the WebSocket URLs of the processes that are up; each client keeps to its
    turn among them and takes another where its own is away.
    """

    def __init__(self, addresses: Callable[[], list[str]], dice: random.Random):
        self.journal = Journal()
        self.dice = dice
        self.clients: list[Client] = []
        self.addresses = addresses
        self._numbers = count(1)
        self._tasks: list[asyncio.Task] = []
        self._lateness: list[tuple[float, float]] = []
        self._pinging = False

    async def __aenter__(self):
        self._tasks = [asyncio.create_task(self._tick_on()), asyncio.create_task(self._doze_on())]
        return self

    async def __aexit__(self, *exception):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(client.leave() for client in self.clients))

    async def come(
        self, number: int, address: Callable[[], str] | None = None, **options
    ) -> list[Client]:
        """Bring in so many more, to what `address` gives or to each process in turn."""
        newcomers = []
        for _ in range(number):
            turn = next(self._numbers)
            newcomers.append(
                Client(
                    *(self.journal, f"w{turn}", ROOM, address or self._turn(turn)),
                    dice=split(self.dice),
                    **options,
                )
            )
        for client in newcomers:
            client.start()
        self.clients += newcomers
        async with asyncio.timeout(30):
            for client in newcomers:
                await client.here.wait()
        return newcomers

    def _turn(self, turn: int) -> Callable[[], str]:
        def address() -> str:
            up = self.addresses()
            return up[turn % len(up)]

        return address

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            for client in self.clients:
                client.tick()
                if self._pinging:
                    client.ping()

    async def _doze_on(self) -> None:
        while True:
            due = time.monotonic() + GLANCE
            await asyncio.sleep(GLANCE)
            self._lateness.append((due, time.monotonic() - due))

    def ping_on(self) -> None:
        """Let everybody ping twice a second from now on."""
        self._pinging = True

    async def talk(
        self, rate: float, seconds: float, senders: Iterable[Client] | None = None, body: str = ""
    ) -> None:
        """Let senders take turns for a while, `rate` messages a second in all."""
        turns = cycle(list(senders or self.clients))
        started = time.monotonic()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            client = next(turns)
            if client.staying:
                client.say(f"{number} {body}" if body else "")

    async def settle(self, database_url: str, within: float = REST_WITHIN) -> None:
        """Leave everybody alone until nothing moves; return sooner or later.

        What has not come by then is for `judge` to find.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self._waiting():
                    await asyncio.sleep(GLANCE)
                rows = await asyncio.to_thread(read_rows, database_url, ROOM)
                while not all(self._has_all(client, len(rows)) for client in self.staying()):
                    await asyncio.sleep(GLANCE)

    @staticmethod
    def _has_all(client: Client, last: int) -> bool:
        return client.here.is_set() and len(client.messages) == last - client.first + 1

    def _waiting(self) -> bool:
        return any(client.unanswered or not client.here.is_set() for client in self.staying())

    def staying(self) -> list[Client]:
        """Give those who have not left."""
        return [client for client in self.clients if client.staying]

    async def judge(self, database_url: str, orderly: Iterable[Client] | None = None) -> None:
        """Let all come to rest; fail with the shortest story of what was broken."""
        await self.settle(database_url)
        rows = await asyncio.to_thread(read_rows, database_url, ROOM)
        unanswered = [key for client in self.staying() for key in client.unanswered]
        away = [client.name for client in self.staying() if not client.here.is_set()]
        views = {client.name: client.view() for client in self.staying()}
        names = {client.name for client in (self.clients if orderly is None else orderly)}
        check(Evidence(self.journal.notes, rows, views, names))
        assert not unanswered, f"{len(unanswered)} were never answered: {unanswered[:5]}"
        assert not away, f"not connected in the end: {away}"

    # What the journal says

    def delays(
        self,
        since: float = 0,
        until: float = float("inf"),
        *,
        without: Collection[str] = (),
        senders: Iterable[Client] | None = None,
    ) -> list[float]:
        """Give the sorted seconds from sending to each hearing, of what was sent in a while.

        Without those heard by some names; of what some senders sent, or all.
        """
        names = {client.name for client in senders or self.clients}
        first: dict[str, Note] = {}
        for note in self.journal.of("send", since, until):
            if note.who in names:
                first.setdefault(note.id, note)
        return sorted(
            note.at - first[note.id].at
            for note in self.journal.notes
            if note.what == "hear" and note.id in first and note.who not in without
        )

    def answers(self, since: float = 0, until: float = float("inf")) -> list[float]:
        """Give the sorted seconds from sending to the first ack, of what was sent in a while."""
        first: dict[str, Note] = {}
        for note in self.journal.of("send", since, until):
            first.setdefault(note.id, note)
        acked: dict[str, Note] = {}
        for note in self.journal.notes:
            if note.what == "ack" and note.id in first:
                acked.setdefault(note.id, note)
        return sorted(note.at - first[key].at for key, note in acked.items())

    def tired(self, since: float = 0, until: float = float("inf")) -> float:
        """Give the most seconds by which the witness itself came late to anything in a while.

        So much of what it measures may be its own, on a machine that has other work.
        """
        times = (late for due, late in self._lateness if since - late <= due <= until)
        return max(times, default=0.0)


def split(dice: random.Random) -> random.Random:
    """Give dice for one of several stories that run at once, and would throw in any order."""
    return random.Random(dice.random())


def percentile(values: list[float], share: float) -> float:
    """Give the value that `share` of sorted values do not exceed."""
    return values[min(len(values) - 1, int(share * len(values)))]
