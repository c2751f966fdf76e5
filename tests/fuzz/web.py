"""Clients without a socket: each reads one room, as a stream of events or by long polls."""

import asyncio
import json
from collections.abc import Callable
from contextvars import ContextVar

from asgiref.testing import ApplicationCommunicator

from chat.live.server import ChatServer
from chatsite.asgi import application
from tests.api.support import Caller, on_a_page
from tests.fuzz.model import Person, shown
from tests.fuzz.readers import Reader, View
from tests.support.streams import EVENT_STREAM, Block, gone, parsed

DEADLINE = 10.0
LONG = 30

_process: ContextVar[ChatServer] = ContextVar("process")


async def current() -> ChatServer:
    """Stand for `chat.live.server.current`, where one event loop has several processes."""
    return _process.get()


def through(server: ChatServer, application: Callable = application) -> Callable:
    """Give an application as one process has it."""

    async def at_its_door(scope, receive, send):
        _process.set(server)
        await application(scope, receive, send)

    return at_its_door


def caller(person: Person, server: ChatServer) -> Caller:
    """Give somebody at a process's HTTP doors, as who they are known to be."""
    known = on_a_page(person.session) if person.session else Caller(token=person.token)
    known._line["app"] = through(server)
    return known


class WebReader(Reader):
    """Reads one room until it goes, or is refused with a code of the protocol."""

    asks = False
    accepts: str

    def __init__(self, person: Person, server: ChatServer, view: View | None = None):
        super().__init__(person, server)
        self.refusal: str | None = None
        self.ended = asyncio.Event()
        self.asked: str | None = None
        self._begins_with = view
        self._reading: asyncio.Task | None = None
        self._line: ApplicationCommunicator | None = None

    async def come(self, slug: str, after: int | None, epoch: str | None) -> dict | None:
        """Ask for a room, and read on in the background; give the first answer, None for a
        refusal."""
        if self._begins_with:
            self.kept[slug] = self._begins_with
        first = await self._ask(slug, after, epoch)
        if first is None:
            self.ended.set()
        else:
            self._reading = asyncio.create_task(self._read_to_the_end())
        return first

    def _on_joined(self, event):
        # The one room that it reads, also where that has moved and `room` is still to come.
        for slug in self.views.keys() - {event["room"]["slug"]}:
            self._move(slug, event["room"]["slug"])
        super()._on_joined(event)

    async def vanish(self) -> dict[str, View]:
        """Be gone; give what it had, to come back with."""
        views = dict(self.views)
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await gone(self._line)
        return views

    @property
    def broken(self) -> BaseException | None:
        """What went wrong while this read."""
        done = self._reading and self._reading.done() and not self._reading.cancelled()
        return self._reading.exception() if done else None

    async def _ask(self, slug: str, after: int | None, epoch: str | None) -> dict | None:
        raise NotImplementedError

    async def _read_on(self) -> None:
        raise NotImplementedError

    async def _read_to_the_end(self) -> None:
        try:
            await self._read_on()
        finally:
            self.views.clear()
            self.ended.set()

    async def _request(
        self, slug: str, query: dict, deadline: float = DEADLINE, **headers: str
    ) -> bool:
        """Ask for the events of a room; whether they come."""
        self.asked = slug
        text = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
        scope = caller(self.person, self.server).scope(
            "GET", f"rooms/{slug}/events", text, {"Accept": self.accepts, **headers}
        )
        self._line = ApplicationCommunicator(through(self.server), scope)
        await self._line.send_input({"type": "http.request", "body": b""})
        start = await self._part(deadline)
        if start["status"] != 200:
            self.refusal = json.loads((await self._part(DEADLINE))["body"])["error"]["code"]
        return self.refusal is None

    async def _part(self, deadline: float | None) -> dict:
        async with asyncio.timeout(deadline):
            return await self._line.output_queue.get()


class StreamTab(WebReader):
    """Somebody who reads server-sent events, and comes back with the last id as browsers do."""

    accepts = EVENT_STREAM

    def __init__(self, person, server, view=None, *, by_header: bool = False):
        super().__init__(person, server, view)
        self._by_header = by_header
        self._rest = ""

    async def _ask(self, slug, after, epoch):
        headers = {}
        if self._by_header and after is not None:
            # What the address says was so once, and counts no more.
            headers["Last-Event-ID"], after, epoch = f"{epoch}:{after}", 0, "once"
        if not await self._request(slug, {"after": after, "epoch": epoch}, **headers):
            return None
        events: list[dict] = []
        while not events:
            events += await self._take_part(DEADLINE)
        assert events[0]["type"] == "joined"
        return events[0]

    async def _read_on(self) -> None:
        while self.refusal is None:
            await self._take_part(deadline=None)

    async def _take_part(self, deadline: float | None) -> list[dict]:
        part = await self._part(deadline)
        *texts, self._rest = (self._rest + part["body"].decode()).split("\n\n")
        blocks = list(filter(None, map(parsed, texts)))
        for block in blocks:
            self._take(block.data)
            self._check_id(block)
        if not part.get("more_body"):
            self.refusal = self.errors[-1]["code"]
        return [block.data for block in blocks]

    def _check_id(self, block: Block) -> None:
        """The id of an event is where one is that has it."""
        if block.event not in {"joined", "message"}:
            assert block.id is None
            return
        [view] = self.views.values()
        version = block.data.get("version", view.version)
        assert block.id == f"{view.room['epoch']}:{version}"


class PollTab(WebReader):
    """Somebody who asks, and asks again as soon as there is an answer."""

    accepts = "application/json"

    async def _ask(self, slug, after, epoch):
        return await self._poll(slug, after, epoch, wait=0)

    async def ask_again(self) -> None:
        """Have waited long enough, and ask anew: with the answer comes what changed between two
        polls of who is there and of the room's settings."""
        if not self.ended.is_set():
            views = await self.vanish()
            self.views, self.ended = views, asyncio.Event()
            [(slug, view)] = views.items()
            if await self._poll(slug, view.version, view.room["epoch"], wait=0):
                self._reading = asyncio.create_task(self._read_to_the_end())
            else:
                self.views.clear()
                self.ended.set()

    async def _read_on(self) -> None:
        while self.refusal is None:
            [(slug, view)] = self.views.items()
            answer = await self._poll(slug, view.version, view.room["epoch"], wait=LONG)
            assert answer is None or answer["events"] or answer["reset"], "answered with nothing"

    async def _poll(self, slug: str, after: int | None, epoch: str | None, wait: int):
        query = {"after": after, "epoch": epoch, "wait": wait}
        if not await self._request(slug, query, deadline=DEADLINE + wait):
            return None
        answer = json.loads((await self._part(DEADLINE))["body"])
        self._take_answer(answer)
        return answer

    def _take_answer(self, answer: dict) -> None:
        room = answer["room"]
        had = [*self.views.values(), *self.kept.values(), View(room, 0)]
        self.kept.clear()
        view = had[0]
        self.views = {room["slug"]: view}
        self._look_around(view, answer)
        assert room["epoch"] == answer["epoch"]
        page = [e["message"] for e in answer["events"] if e["type"] == "message"]
        if answer["reset"]:
            page = [message for message in page if message["version"] <= room["version"]]
            view.messages = {message["seq"]: shown(message) for message in page}
            view.version = view.base = room["version"]
            view.first = min(view.messages, default=1)
        for event in answer["events"]:
            self._take(event)
        view.version = answer["version"]
