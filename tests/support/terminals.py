"""Test clients for the plain-text socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, urlencode

from channels.testing import WebsocketCommunicator

from tests.support.sockets import DEADLINE, QUIET, Socket, communicator, connect

PORT = 50_000


class Terminal:
    """A client's end: sends lines, and reads lines in order."""

    def __init__(self, communicator: WebsocketCommunicator):
        self.communicator = communicator

    async def types(self, text: str) -> None:
        """Send one frame of text."""
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def reads(self, *lines: str) -> None:
        """Read as many frames as there are lines; check that they are these, in order."""
        frames = [await self.line() for _ in lines]
        assert frames == list(lines)

    async def line(self) -> str:
        """Return the next frame."""
        async with asyncio.timeout(DEADLINE):
            message = await self.communicator.output_queue.get()
        assert message["type"] == "websocket.send", message
        return message["text"]

    async def reads_nothing(self) -> None:
        assert await self.communicator.receive_nothing(QUIET), await self.line()

    async def closed(self) -> int:
        """Return the close code; fail if the server sends anything before."""
        async with asyncio.timeout(DEADLINE):
            message = await self.communicator.output_queue.get()
        assert message["type"] == "websocket.close", message
        return message["code"]


@asynccontextmanager
async def terminal(
    room: str | None = "lobby",
    name: str | None = None,
    *,
    history: str | None = None,
    port: int = PORT,
    **options,
) -> AsyncIterator[Terminal]:
    """Open the plain-text socket of a room, or the root path for None.

    `options` are those of `communicator`.
    """
    path = "/" if room is None else f"/ws/plain/{quote(room)}"
    fields = {"name": name, "history": history}
    query = urlencode({field: value for field, value in fields.items() if value is not None})
    client = communicator(path=f"{path}?{query}", **options)
    client.scope["client"] = [client.scope["client"][0], port]
    accepted, _ = await client.connect(DEADLINE)
    assert accepted, "The handshake was refused."
    try:
        yield Terminal(client)
    finally:
        await client.disconnect(timeout=DEADLINE)


@asynccontextmanager
async def terminal_and_page(
    room: str = "lobby", **options
) -> AsyncIterator[tuple[Terminal, Socket]]:
    """Ana at a terminal and Ion on a page, in one room."""
    async with terminal(room, "Ana", **options) as ana, connect("Ion") as ion:
        await ana.reads(f"* You joined {room} as Ana")
        await ion.join(room)
        await ana.reads("* Ion connected")
        yield ana, ion
