"""Many clients on several processes, which send messages and whose logs are checked."""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from itertools import count, cycle

from tests.faults.witness.checks import check
from tests.faults.witness.client import Client
from tests.faults.witness.evidence import Evidence
from tests.faults.witness.journal import Journal, Note
from tests.faults.witness.rows import Row, read_reacted, read_rows
from tests.faults.witness.socketio import SocketIOClient

ROOM = "faults"
GLANCE = 0.02
REST_WITHIN = 20.0
# What the clients of a crowd speak, in turn.
SPEAKING = (Client, SocketIOClient)


class Crowd:
    """Clients in one room of a site, and the journal they share.

    `addresses` returns the WebSocket URLs of the processes that are up; the clients are spread
    over them in turn, and connect to another when their own is down. On each process there are
    clients of each kind in SPEAKING.
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
        """Connect so many more clients, to the URL that `address` returns or to each in turn."""
        newcomers = []
        for _ in range(number):
            turn = next(self._numbers)
            kind = SPEAKING[turn // 2 % len(SPEAKING)]
            newcomers.append(
                kind(
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
        """Start to ping from every client, twice a second."""
        self._pinging = True

    async def talk(
        self,
        rate: float,
        seconds: float,
        senders: Iterable[Client] | None = None,
        body: str = "",
        changing: float = 0,
    ) -> None:
        """Send from each sender in turn for so many seconds, `rate` messages a second in all.

        So large a share of the messages, `changing`, are replies, and after as many they change a
        message, or react to it.
        """
        turns = cycle(list(senders or self.clients))
        started = time.monotonic()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            client = next(turns)
            if client.staying:
                is_reply = changing and self.dice.random() < changing
                reply_to = client.recent(self.dice) if is_reply else None
                client.say(f"{number} {body}" if body else "", reply_to=reply_to)
                if changing and self.dice.random() < changing:
                    client.change(self.dice)

    async def settle(self, database_url: str, within: float = REST_WITHIN) -> None:
        """Wait until all has been acknowledged and received, for `within` seconds at most.

        Messages that are missing then are found by `judge`.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self._waiting():
                    await asyncio.sleep(GLANCE)
                rows = await asyncio.to_thread(read_rows, database_url, ROOM)
                while not all(self._has_all(client, rows) for client in self.staying()):
                    await asyncio.sleep(GLANCE)

    @staticmethod
    def _has_all(client: Client, rows: list[Row]) -> bool:
        newest = max((row.version for row in rows), default=0)
        has_messages = len(client.messages) == len(rows) - client.first + 1
        return client.here.is_set() and has_messages and client.version >= newest

    def _waiting(self) -> bool:
        return any(client.unanswered or not client.here.is_set() for client in self.staying())

    def staying(self) -> list[Client]:
        """Return the clients that have not left."""
        return [client for client in self.clients if client.staying]

    async def judge(self, database_url: str, orderly: Iterable[Client] | None = None) -> None:
        """Wait until nothing changes; fail with the shortest story of a violation, if any."""
        await self.settle(database_url)
        rows = await asyncio.to_thread(read_rows, database_url, ROOM)
        unanswered = [key for client in self.staying() for key in client.unanswered]
        away = [client.name for client in self.staying() if not client.here.is_set()]
        views = {client.name: client.view() for client in self.staying()}
        names = {client.name for client in (self.clients if orderly is None else orderly)}
        reacted = await asyncio.to_thread(read_reacted, database_url, ROOM)
        check(Evidence(self.journal.notes, rows, views, names, reacted))
        assert not unanswered, f"{len(unanswered)} were never answered: {unanswered[:5]}"
        assert not away, f"not connected in the end: {away}"

    # Measurements from the journal

    def delays(
        self,
        since: float = 0,
        until: float = float("inf"),
        *,
        without: Collection[str] = (),
        senders: Iterable[Client] | None = None,
    ) -> list[float]:
        """Return the sorted seconds from the sending of each message to each receipt of it.

        Only messages sent between `since` and `until` count, those of `senders` if there are any,
        and not their receipt by the names in `without`.
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
        """Return the sorted seconds from sending to the first ack, by the time of sending."""
        first: dict[str, Note] = {}
        for note in self.journal.of("send", since, until):
            first.setdefault(note.id, note)
        acked: dict[str, Note] = {}
        for note in self.journal.notes:
            if note.what == "ack" and note.id in first:
                acked.setdefault(note.id, note)
        return sorted(note.at - first[key].at for key, note in acked.items())

    def tired(self, since: float = 0, until: float = float("inf")) -> float:
        """Return the most seconds by which the witness itself was late between two times.

        On a machine with other work, so much of a measured delay may be the witness's own.
        """
        times = (late for due, late in self._lateness if since - late <= due <= until)
        return max(times, default=0.0)


def split(dice: random.Random) -> random.Random:
    """Return random numbers for one of several coroutines, whatever their order of execution."""
    return random.Random(dice.random())


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of sorted values do not exceed."""
    return values[min(len(values) - 1, int(share * len(values)))]
