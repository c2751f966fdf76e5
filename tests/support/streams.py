"""Readers of server-sent events, in sentences."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from asgiref.testing import ApplicationCommunicator

from chatsite.asgi import application
from tests.support.sockets import DEADLINE, QUIET

EVENT_STREAM = "text/event-stream"


class Block(NamedTuple):
    """What comes between two empty lines: its fields, and the data as JSON."""

    event: str
    id: str | None
    data: dict


def parsed(text: str) -> Block | None:
    """Give a block of the stream; None for comments and `retry`, which tell nobody anything."""
    fields = dict(line.split(": ", 1) for line in text.split("\n") if not line.startswith(":"))
    assert fields.keys() <= {"event", "id", "data", "retry"}, fields
    if "data" not in fields:
        return None
    return Block(fields["event"], fields.get("id"), json.loads(fields["data"]))


class Stream:
    """A reader's end: the head of the answer, then events as they come."""

    def __init__(self, communicator: ApplicationCommunicator):
        self.communicator = communicator
        self.status = 0
        self.headers: dict[str, str] = {}
        self.unread: list[Block] = []
        self.comments = 0
        self.last_id: str | None = None
        self._rest = ""
        self.ended = False

    async def open(self) -> None:
        """Take the head; of a refusal the whole answer, as `refusal`."""
        start = await self._receive()
        self.status = start["status"]
        self.headers = {name.decode().lower(): text.decode() for name, text in start["headers"]}
        if self.status != 200:
            self.refusal = json.loads((await self._receive())["body"])["error"]

    async def next(self, event: str) -> dict:
        """Return the first unread event of a type; others stay unread."""
        return (await self.block(event)).data

    async def block(self, event: str) -> Block:
        while not (found := next((b for b in self.unread if b.event == event), None)):
            assert not self.ended, f"{event} did not come, only {self.unread}"
            try:
                await self._read()
            except TimeoutError:
                raise AssertionError(f"{event} did not come, only {self.unread}") from None
        self.unread.remove(found)
        return found

    async def hears(self, *bodies: str) -> None:
        """Take as many messages as there are bodies; they are those, in this order."""
        said = [(await self.next("message"))["message"]["body"] for _ in bodies]
        assert said == list(bodies)

    async def says_nothing(self) -> None:
        if not await self.communicator.receive_nothing(QUIET):
            await self._read()
        assert not self.unread, self.unread

    async def comment(self) -> None:
        """Wait for one more comment."""
        before = self.comments
        while self.comments == before:
            await self._read()

    async def end(self) -> None:
        """Wait until the server has ended the answer."""
        while not self.ended:
            await self._read()

    async def _read(self) -> None:
        message = await self._receive()
        self.ended = not message.get("more_body", False)
        *blocks, self._rest = (self._rest + message.get("body", b"").decode()).split("\n\n")
        self.comments += sum(block.startswith(":") for block in blocks)
        for block in filter(None, map(parsed, blocks)):
            self.unread.append(block)
            self.last_id = block.id or self.last_id

    async def _receive(self) -> dict:
        async with asyncio.timeout(DEADLINE):
            return await self.communicator.output_queue.get()


async def asked(caller, room: str, query: str, headers: dict, line: int = 0):
    """Ask for the events of a room as a Caller (tests/api/support.py); give its end of the line.

    `line` is how much is on its way before the server has to wait; 0 for all.
    """
    scope = caller.scope("GET", f"rooms/{room}/events", query, headers)
    communicator = ApplicationCommunicator(application, scope)
    communicator._output_queue = asyncio.Queue(line)
    await communicator.send_input({"type": "http.request", "body": b""})
    return communicator


async def gone(communicator: ApplicationCommunicator) -> None:
    """Go away; fail if the server does not let go at once."""
    await communicator.send_input({"type": "http.disconnect"})
    # Not the communicator's own way, which cancels what does not end.
    ended, _ = await asyncio.wait([communicator.future], timeout=DEADLINE)
    assert ended, "The answer outlived its reader."
    communicator.future.result()


@asynccontextmanager
async def stream(
    caller, room: str = "lobby", query: str = "", line: int = 0, **headers: str
) -> AsyncIterator[Stream]:
    """Read the events of a room as a stream, and go away at the end."""
    communicator = await asked(caller, room, query, {"Accept": EVENT_STREAM} | headers, line)
    reader = Stream(communicator)
    try:
        await reader.open()
        yield reader
    finally:
        await gone(communicator)
