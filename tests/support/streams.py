"""Test clients for server-sent events."""

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
    """An event of the stream: its fields, and the parsed data."""

    event: str
    id: str | None
    data: dict


def parsed(text: str) -> Block:
    """Return a block of the stream: each is an event, for readers that take it for one."""
    # Not only at "\n": some readers find the ends of lines as this does.
    lines = [line for line in text.splitlines() if not line.startswith(":")]
    fields = dict(line.split(": ", 1) for line in lines)
    assert {"event", "data"} <= fields.keys() <= {"event", "id", "data", "retry"}, fields
    return Block(fields["event"], fields.get("id"), json.loads(fields["data"]))


class Stream:
    """A client's end of a stream: the head of the response, then events as they arrive."""

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
        """Read the head; if it is an error, read the whole response into `refusal`."""
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
            assert not self.ended, f"{event} did not arrive, only {self.unread}"
            try:
                await self.read()
            except TimeoutError:
                raise AssertionError(f"{event} did not arrive, only {self.unread}") from None
        self.unread.remove(found)
        return found

    async def receives_messages(self, *bodies: str) -> None:
        """Read one message for each of `bodies`; check that they have these, in order."""
        received = [(await self.next("message"))["message"]["body"] for _ in bodies]
        assert received == list(bodies)

    async def receives_nothing(self) -> None:
        if not await self.communicator.receive_nothing(QUIET):
            await self.read()
        assert not self.unread, self.unread

    async def comment(self) -> None:
        """Wait for one more comment."""
        before = self.comments
        while self.comments == before:
            await self.read()

    async def end(self) -> None:
        """Wait until the server has ended the response."""
        while not self.ended:
            await self.read()

    async def read(self) -> None:
        """Read the next part of the response."""
        message = await self._receive()
        self.ended = not message.get("more_body", False)
        part = message.get("body", b"").decode()
        self.comments += part.startswith(":")
        *blocks, self._rest = (self._rest + part).split("\n\n")
        for block in map(parsed, blocks):
            self.unread.append(block)
            self.last_id = block.id or self.last_id

    async def _receive(self) -> dict:
        async with asyncio.timeout(DEADLINE):
            return await self.communicator.output_queue.get()


async def request_events(caller, room: str, query: str, headers: dict, buffer: int = 0):
    """Request the events of a room as a Caller (tests/api/support.py); return its communicator.

    `buffer` is how many messages are buffered before the server has to wait; 0 is without limit.
    """
    scope = caller.scope("GET", f"rooms/{room}/events", query, headers)
    communicator = ApplicationCommunicator(application, scope)
    communicator._output_queue = asyncio.Queue(buffer)
    await communicator.send_input({"type": "http.request", "body": b""})
    return communicator


async def disconnect(communicator: ApplicationCommunicator) -> None:
    """Disconnect; fail if the response does not end at once."""
    await communicator.send_input({"type": "http.disconnect"})
    # Not by the communicator's method, which cancels what does not end.
    ended, _ = await asyncio.wait([communicator.future], timeout=DEADLINE)
    assert ended, "The response outlived its reader."
    communicator.future.result()


@asynccontextmanager
async def stream(
    caller, room: str = "lobby", query: str = "", buffer: int = 0, **headers: str
) -> AsyncIterator[Stream]:
    """Read the events of a room as a stream, and disconnect at the end."""
    communicator = await request_events(
        caller, room, query, {"Accept": EVENT_STREAM} | headers, buffer
    )
    reader = Stream(communicator)
    try:
        await reader.open()
        yield reader
    finally:
        await disconnect(communicator)
