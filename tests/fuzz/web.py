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
from tests.support.streams import EVENT_STREAM, Block, disconnect, parsed

DEADLINE = 10.0
LONG = 30

_process: ContextVar[ChatServer] = ContextVar("process")


async def current() -> ChatServer:
    """Replace `chat.live.server.current`, where one event loop has several processes."""
    return _process.get()


def through(server: ChatServer, application: Callable = application) -> Callable:
    """Return an application that runs in one of the processes."""

    async def with_server(scope, receive, send):
        _process.set(server)
        await application(scope, receive, send)

    return with_server


def caller(person: Person, server: ChatServer) -> Caller:
    """Return an HTTP client of a process with the person's session or token."""
    known = on_a_page(person.session) if person.session else Caller(token=person.token)
    known._transport["app"] = through(server)
    return known


class WebReader(Reader):
    """Reads one room until it disconnects, or is refused with a code of the protocol."""

    can_sync = False
    accepts: str

    def __init__(self, person: Person, server: ChatServer, view: View | None = None):
        super().__init__(person, server)
        self.refusal: str | None = None
        self.ended = asyncio.Event()
        self.requested: str | None = None
        self._begins_with = view
        self._reading: asyncio.Task | None = None
        self._line: ApplicationCommunicator | None = None

    async def open(self, slug: str, after: int | None, epoch: str | None) -> dict | None:
        """Request a room, and go on reading in the background; return the first response, None
        for a refusal."""
        if self._begins_with:
            self.kept[slug] = self._begins_with
        first = await self._ask(slug, after, epoch)
        if first is None:
            self.ended.set()
        else:
            self._reading = asyncio.create_task(self._read_to_the_end())
        return first

    def _on_joined(self, event):
        # The one room that it reads, even if that moved and `room` is still to arrive.
        for slug in self.views.keys() - {event["room"]["slug"]}:
            self._move(slug, event["room"]["slug"])
        super()._on_joined(event)

    async def vanish(self) -> dict[str, View]:
        """Disconnect; return the view, to resume from."""
        views = dict(self.views)
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await disconnect(self._line)
        return views

    @property
    def failure(self) -> BaseException | None:
        """The error that ended the reading, if any."""
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
        """Request the events of a room; return whether they were granted."""
        self.requested = slug
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
    """Reads server-sent events, and resumes from the last id as browsers do."""

    accepts = EVENT_STREAM

    def __init__(self, person, server, view=None, *, by_header: bool = False):
        super().__init__(person, server, view)
        self._by_header = by_header
        self._rest = ""

    async def _ask(self, slug, after, epoch):
        headers = {}
        if self._by_header and after is not None:
            # The position in the address is outdated, and the header overrides it.
            headers["Last-Event-ID"], after, epoch = f"{epoch}:{after}", 0, "once"
        if not await self._request(slug, {"after": after, "epoch": epoch}, **headers):
            return None
        events: list[dict] = []
        while not events:
            events += await self._receive_part(DEADLINE)
        assert events[0]["type"] == "joined"
        return events[0]

    async def _read_on(self) -> None:
        while self.refusal is None:
            await self._receive_part(deadline=None)

    async def _receive_part(self, deadline: float | None) -> list[dict]:
        part = await self._part(deadline)
        *texts, self._rest = (self._rest + part["body"].decode()).split("\n\n")
        blocks = list(filter(None, map(parsed, texts)))
        for block in blocks:
            self._receive(block.data)
            self._check_id(block)
        if not part.get("more_body"):
            self.refusal = self.errors[-1]["code"]
        return [block.data for block in blocks]

    def _check_id(self, block: Block) -> None:
        """Check that an event's id is the position after it."""
        if block.event not in {"joined", "message"}:
            assert block.id is None
            return
        [view] = self.views.values()
        version = block.data.get("version", view.version)
        assert block.id == f"{view.room['epoch']}:{version}"


class PollTab(WebReader):
    """Polls, and polls again as soon as there is a response."""

    accepts = "application/json"

    async def _ask(self, slug, after, epoch):
        return await self._poll(slug, after, epoch, wait=0)

    async def poll_again(self) -> None:
        """End the wait and poll anew: the response has what changed of the people and the room's
        settings between two polls."""
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
            response = await self._poll(slug, view.version, view.room["epoch"], wait=LONG)
            assert response is None or response["events"] or response["reset"], "an empty response"

    async def _poll(self, slug: str, after: int | None, epoch: str | None, wait: int):
        query = {"after": after, "epoch": epoch, "wait": wait}
        if not await self._request(slug, query, deadline=DEADLINE + wait):
            return None
        response = json.loads((await self._part(DEADLINE))["body"])
        self._receive_poll(response)
        return response

    def _receive_poll(self, response: dict) -> None:
        room = response["room"]
        had = [*self.views.values(), *self.kept.values(), View(room, 0)]
        self.kept.clear()
        view = had[0]
        self.views = {room["slug"]: view}
        self._read_room(view, response)
        assert room["epoch"] == response["epoch"]
        page = [e["message"] for e in response["events"] if e["type"] == "message"]
        if response["reset"]:
            page = [message for message in page if message["version"] <= room["version"]]
            view.messages = {message["seq"]: shown(message) for message in page}
            view.version = view.base = room["version"]
            view.first = min(view.messages, default=1)
        for event in response["events"]:
            self._receive(event)
        view.version = response["version"]
